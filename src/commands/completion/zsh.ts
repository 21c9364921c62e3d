import type { ArgumentWords, CommandWords, OptionWords, ProgramWords, Value } from './tree.js';

/** Completion for zsh from 5 on: sourced after `compinit`, or as a file `_NAME` on its path. */
export function zshScript({ name, options, commands }: ProgramWords): string {
  const fn = `_${name}`;
  return `#compdef ${name}
# Completion of ${name} for zsh: source <(${name} completion zsh), after compinit.
${fn}() {
  local curcontext="$curcontext" state line ret=1
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quote(`${name}:${withEscapes(description, ':')}`)}`).join('\n')}
  )
  _arguments -C -S \\
${options.map((option) => `    ${optionSpec(option)} \\`).join('\n')}
    '1:command:->command' \\
    '*::argument:->argument' && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    argument)
      curcontext="\${curcontext%:*:*}:${name}-$words[1]:"
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
  return ret
}
if [[ $funcstack[1] == ${fn} ]]; then
  ${fn} "$@"
else
  compdef ${fn} ${name}
fi
`;
}

function commandCase({ name, options, arguments: all }: CommandWords): string {
  const specs = [...options.map(optionSpec), ...all.map(argumentSpec)];
  return `        ${name})
          _arguments -S \\
${specs.map((spec) => `            ${spec}`).join(' \\\n')} && ret=0
          ;;`;
}

/** One option of `_arguments`: the names of one exclude each other, and itself where it is not repeatable. */
function optionSpec({ names, description, value, isRepeatable }: OptionWords): string {
  const text = `[${withEscapes(description, '[]:')}]`;
  const action = value === null ? '' : `:value:${actionOf(value)}`;
  const specs = names.map((name) => {
    const joined = value !== null && name.startsWith('--') ? `${name}=` : name;
    if (isRepeatable) return quote(`*${joined}${text}${action}`);
    return quote(`(${names.join(' ')})${joined}${text}${action}`);
  });
  return specs.join(' ');
}

function argumentSpec({ name, value, isRepeatable }: ArgumentWords): string {
  return quote(`${isRepeatable ? '*' : ''}:${withEscapes(name, ':')}:${actionOf(value)}`);
}

function actionOf(value: Value): string {
  switch (value.kind) {
    case 'file':
      return '_files';
    case 'any':
      return ' ';
    case 'choice': {
      const choices = value.choices.join(' ');
      return value.isList ? `_sequence compadd - ${choices}` : `(${choices})`;
    }
  }
}

function withEscapes(text: string, characters: string): string {
  return [...text].map((one) => (one === '\\' || characters.includes(one) ? `\\${one}` : one)).join('');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
