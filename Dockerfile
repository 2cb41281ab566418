FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production
# Inside a container the loopback address is reached by nobody.
ENV HOST=0.0.0.0
ENV PORT=8080
ENV OVIRT_GATEWAY_LOG_FORMAT=json
WORKDIR /app
COPY package.json LICENSE ./
COPY schemas schemas
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ovirt-engine/services/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node is the first process: it ends in order on SIGTERM.
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve"]
