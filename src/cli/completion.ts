import type { Command, Option } from 'commander';
import { upTo } from '../text.js';

/** Shells that `completion` prints a script for. */
export const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

interface Word {
  readonly word: string;
  readonly text: string;
}

const optionsOf = (command: Command): Word[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }: Option) => (long ? [{ word: long, text: description }] : []));

const commandsOf = (root: Command): Word[] =>
  root
    .createHelp()
    .visibleCommands(root)
    .map((command) => ({ word: command.name(), text: command.description() }));

const words = (list: readonly Word[]): string => list.map(({ word }) => word).join(' ');

function bash(root: Command, name: string): string {
  const cases = root.commands.map((command) => `    ${command.name()}) words="${words(optionsOf(command))}" ;;`);
  const serve = root.commands.find((command) => command.name() === 'serve');
  return `# bash completion of ${name}: source this file, or save it as /etc/bash_completion.d/${name}
_ovirt_powervc_gateway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${words([...commandsOf(root), ...(serve ? optionsOf(serve) : [])])}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${words([...commandsOf(root), ...(serve ? optionsOf(serve) : [])])}"; fi
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
  const cases = root.commands.map(
    (command) => `    ${command.name()}) options=(${optionsOf(command).map(quoted).join(' ')}) ;;`,
  );
  return `#compdef ${name}
# zsh completion of ${name}: save it as _${name} in a folder of $fpath
_ovirt_powervc_gateway() {
  local -a commands options
  commands=(${commandsOf(root).map(quoted).join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
  (( \${#options} )) && _describe option options
  _files
}
if [ "$funcstack[1]" = "_${name}" ]; then _ovirt_powervc_gateway "$@"; else compdef _ovirt_powervc_gateway ${name}; fi
`;
}

/** The script that makes a shell complete the commands and options of this program. */
export const completion = (root: Command, shell: Shell): string =>
  shell === 'bash' ? bash(root, root.name()) : zsh(root, root.name());
