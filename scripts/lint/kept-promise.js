import { ESLintUtils } from '@typescript-eslint/utils';

/**
 * A promise is kept where it is made. `no-floating-promises` sees one that nobody takes; this rule sees one that is put
 * into a variable and left there while another is awaited: should it fail meanwhile, nobody holds it, and Node ends the
 * process. Await it, hand it to `watched(…)`, or give it a `.catch(…)` first.
 */
export const keptPromise = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      left: 'This promise is left alone while another is awaited: keep it with watched(…) where it is made.',
    },
  },
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();
    const awaits = [];

    const isPromise = (node) =>
      checker.getTypeAtLocation(services.esTreeNodeToTSNodeMap.get(node)).getProperty('then') !== undefined;
    const isKept = (node) =>
      node.type === 'CallExpression' &&
      ((node.callee.type === 'Identifier' && node.callee.name === 'watched') ||
        (node.callee.type === 'MemberExpression' && node.callee.property.name === 'catch') ||
        (node.callee.type === 'MemberExpression' && node.callee.property.name === 'allSettled'));
    const functionOf = (node) => {
      let at = node.parent;
      while (at && !/Function/.test(at.type)) at = at.parent;
      return at;
    };

    const created = [];
    return {
      AwaitExpression: (node) => void awaits.push(node),
      'ForOfStatement[await=true]': (node) => void awaits.push(node),
      VariableDeclarator(node) {
        const { init, id } = node;
        if (!init || id.type !== 'Identifier' || init.type === 'AwaitExpression' || isKept(init)) return;
        // handed on from elsewhere: who made it keeps it
        if (init.type !== 'CallExpression' || !isPromise(init)) return;
        created.push(node);
      },
      'Program:exit'() {
        for (const node of created) {
          const variable = context.sourceCode.getDeclaredVariables(node)[0];
          const used =
            variable?.references.filter((reference) => !reference.init).map(({ identifier }) => identifier.range[0]) ??
            [];
          const first = Math.min(...used, Infinity);
          const left = awaits.some(
            (one) => functionOf(one) === functionOf(node) && one.range[0] > node.range[1] && one.range[1] < first,
          );
          if (left) context.report({ node, messageId: 'left' });
        }
      },
    };
  },
};
