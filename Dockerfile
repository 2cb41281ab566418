# Node.js 24, a long-term support release; engines names the oldest one that will do. Pinned by the digest of the image's index, as
# Docker's library told it for node:24-slim (24.19.0, linux/amd64, arm64, ppc64le) in August 2026. A release takes a newer one:
#   docker buildx build --platform linux/amd64,linux/ppc64le --build-arg NODE_IMAGE=node:24-slim@sha256:... .
ARG NODE_IMAGE=node:24-slim@sha256:cd84903a12dbd26b46f1f3b8144a2568c41c5d37ddd0c7a80a34c7a19786b35f
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/build.mjs
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="ovirt-powervc-gateway" \
  org.opencontainers.image.description="An oVirt / RHEV-M REST API in front of IBM PowerVC, OpenStack or Power Virtual Server" \
  org.opencontainers.image.base.name="docker.io/library/node:24-slim" \
  org.opencontainers.image.documentation="docs/deployment.md" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
# Inside a container the loopback address is reached by nobody.
ENV HOST=0.0.0.0
ENV PORT=8080
ENV OVIRT_GATEWAY_LOG_FORMAT=json
WORKDIR /app
COPY package.json LICENSE THIRD-PARTY-NOTICES.md ./
COPY schemas schemas
COPY fixtures/exchanges fixtures/exchanges
# Uploads under way are kept here: the one folder to write to, and a volume where they have to outlive the container.
RUN install -d -o node -g node -m 0700 /var/lib/gateway
ENV OVIRT_GATEWAY_TRANSFERS_FOLDER=/var/lib/gateway
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=10s --start-period=5s CMD ["node", "dist/cli/healthcheck.js"]
# Node is the first process: it ends in order on SIGTERM. Its young generation: docs/performance.md.
ENTRYPOINT ["node", "--max-semi-space-size=8", "dist/cli/main.js"]
CMD ["serve"]
