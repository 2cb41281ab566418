import type { Argument, Command, Option } from 'commander';
import { upTo } from '../text.js';
import { settingChoices } from './options.js';

/** Shells that `completion` prints a script for. */
export const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

interface Word {
  readonly word: string;
  readonly text: string;
}

/** An option with a value: one of a fixed set, a file, or anything else. */
interface Valued {
  readonly word: string;
  readonly values: readonly string[] | 'files' | undefined;
}

const optionsOf = (command: Command): Word[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }: Option) => (long ? [{ word: long, text: description }] : []));

function valuedOf(command: Command): Valued[] {
  const settings = settingChoices(command.name());
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap((option: Option) => {
      if (!option.long || !option.required) return [];
      const files = /<(file|folder|source)>/.test(option.flags) ? 'files' : undefined;
      return [{ word: option.long, values: option.argChoices ?? settings.get(option.attributeName()) ?? files }];
    });
}

/** The values of a command's first argument, where they are a fixed set. */
const argumentsOf = ({ registeredArguments: [first] }: { readonly registeredArguments: readonly Argument[] }) =>
  first?.argChoices ?? [];

const commandsOf = (root: Command): Word[] =>
  root
    .createHelp()
    .visibleCommands(root)
    .map((command) => ({ word: command.name(), text: command.description() }));

const words = (list: readonly Word[]): string => list.map(({ word }) => word).join(' ');

/** A case for each option with a value, `serve --backend`. `then`: how a shell completes it. */
const valueCases = (root: Command, then: (values: Valued['values']) => string): string =>
  root.commands
    .flatMap((command) =>
      valuedOf(command).map(({ word, values }) => `    '${command.name()} ${word}') ${then(values)} ;;`),
    )
    .join('\n');

function bashValues(values: Valued['values']): string {
  if (values === undefined) return 'return';
  return values === 'files' ? 'COMPREPLY=($(compgen -f -- "$current")); return' : `values=$'${values.join('\\n')}'`;
}

function zshValues(values: Valued['values']): string {
  if (values === undefined) return 'return';
  return values === 'files' ? '_files; return' : `compadd -- ${values.map((value) => `'${value}'`).join(' ')}; return`;
}

/** The words that may follow a command, by command. */
function followers(root: Command): [name: string, words: string][] {
  const own = root.commands.map((command): [string, string] => [
    command.name(),
    [...argumentsOf(command), words(optionsOf(command))].join(' '),
  ]);
  return [...own, ['help', words(commandsOf(root).filter(({ word }) => word !== 'help'))]];
}

function bash(root: Command, name: string): string {
  const serve = root.commands.find((command) => command.name() === 'serve');
  const first = words([...commandsOf(root), ...(serve ? optionsOf(serve) : [])]);
  return `# bash completion of ${name}: source this file, or save it as /etc/bash_completion.d/${name}
_ovirt_powervc_gateway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words values
  # bash takes --format=json for three words
  if [ "$current" = = ]; then
    current=
  elif [ "$before" = = ]; then
    before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  case "$command" in -*) command=serve ;; esac
  case "$command $before" in
${valueCases(root, bashValues)}
  esac
  if [ -n "$values" ]; then
    # a value may have a space
    local IFS=$'\\n'
    COMPREPLY=($(compgen -W "$values" -- "$current"))
    return
  fi
  case "$command" in
${followers(root)
  .map(([command, list]) => `    ${command}) words="${list}" ;;`)
  .join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${first}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _ovirt_powervc_gateway ${name}
`;
}

/** A text between single quotes; \`[\` , \`]\` and \`:\` mean something to _describe. */
const quoted = ({ word, text }: Word): string =>
  `'${word.replaceAll(':', '\\:')}:${upTo(text, '\n').replaceAll("'", '’')}'`;

function zsh(root: Command, name: string): string {
  const cases = root.commands.map((command) => {
    const values = argumentsOf(command);
    const list = values.length > 0 ? `values=(${values.join(' ')}) ` : '';
    return `    ${command.name()}) ${list}options=(${optionsOf(command).map(quoted).join(' ')}) ;;`;
  });
  return `#compdef ${name}
# zsh completion of ${name}: save it as _${name} in a folder of $fpath
_ovirt_powervc_gateway() {
  local -a commands options values
  local before="\${words[CURRENT-1]}" command="\${words[2]}"
  if [[ "\${words[CURRENT]}" == --*=* ]]; then
    before="\${words[CURRENT]%%=*}"
    compset -P '*='
  fi
  if [[ "$command" == -* ]]; then command=serve; fi
  case "$command $before" in
${valueCases(root, zshValues)}
  esac
  commands=(${commandsOf(root).map(quoted).join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; fi
  case "$command" in
${cases.join('\n')}
    help) _describe command commands; return ;;
  esac
  (( \${#values} )) && compadd -- $values
  (( \${#options} )) && _describe option options
  _files
}
if [ "$funcstack[1]" = "_${name}" ]; then _ovirt_powervc_gateway "$@"; else compdef _ovirt_powervc_gateway ${name}; fi
`;
}

/** The script that makes a shell complete the commands, options and fixed values of this program. */
export const completion = (root: Command, shell: Shell): string =>
  shell === 'bash' ? bash(root, root.name()) : zsh(root, root.name());
