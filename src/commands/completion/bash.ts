import type { CommandWords, OptionWords, ProgramWords, Value } from './tree.js';

/** Completion for bash from 3.2 on, without the package `bash-completion`. */
export function bashScript({ name, options, commands }: ProgramWords): string {
  const fn = functionName(name);
  return `# Completion of ${name} for bash: source <(${name} completion bash)
${fn}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' place=0 list='' word i
  COMPREPLY=()
  # "--option=value" is three words to bash.
  if [[ $current == = ]]; then
    current=''
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  # The command, and how many arguments stand before the word: what is neither an option nor the value of one.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      ((i++))
    elif [[ $word == -* ]]; then
      case "$command $word" in
        ${patterns(commands)}) [[ \${COMP_WORDS[i + 1]} == = ]] || ((i++)) ;;
      esac
    elif [[ -z $command ]]; then
      command=$word
    else
      ((place++))
    fi
  done
  case "$command $before" in
${valueCases(commands, fn)}
    *)
      case "$command $place $current" in
        ' '*' -'*) list=${quote(namesOf(options).join(' '))} ;;
        ' '*) list=${quote(commands.map((command) => command.name).join(' '))} ;;
${commands.map(({ name, options }) => `        ${quote(`${name} `)}*' -'*) list=${quote(namesOf(options).join(' '))} ;;`).join('\n')}
${commands.flatMap((command) => argumentCases(command, fn)).join('\n')}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$list" -- "$current"))
}
${fn}_files() {
  local IFS=$'\\n'
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen -f -- "$1"))
}
# Several values with commas between: only the last of them is completed.
${fn}_list() {
  local before=''
  [[ $2 == *,* ]] && before=\${2%,*},
  compopt -o nospace 2> /dev/null
  COMPREPLY=($(compgen -P "$before" -W "$1" -- "\${2##*,}"))
}
complete -F ${fn} ${name}
`;
}

/** What completes a value, each with all the options that it is for. */
function valueCases(commands: readonly CommandWords[], fn: string): string {
  const all = commands.flatMap(({ name, options }) =>
    options.flatMap(({ names, value }) =>
      value === null ? [] : names.map((option) => ({ words: `${name} ${option}`, act: actFor(value, fn) })),
    ),
  );
  const acts = [...new Set(all.map(({ act }) => act))];
  return acts
    .map((act) => {
      const words = all.filter((one) => one.act === act).map((one) => quote(one.words));
      return `    ${words.join(' | ')}) ${act} ;;`;
    })
    .join('\n');
}

/** The options after which a word is their value. */
function patterns(commands: readonly CommandWords[]): string {
  return commands
    .flatMap(({ name, options }) =>
      namesOf(options.filter(({ value }) => value !== null)).map((option) => quote(`${name} ${option}`)),
    )
    .join(' | ');
}

function argumentCases({ name, arguments: all }: CommandWords, fn: string): readonly string[] {
  return all.map(({ value, isRepeatable }, place) => {
    const pattern = isRepeatable ? quote(`${name} `) : quote(`${name} ${place} `);
    return `        ${pattern}*) ${actFor(value, fn)} ;;`;
  });
}

function actFor(value: Value, fn: string): string {
  if (value.kind === 'any') return 'return';
  if (value.kind === 'file') return `${fn}_files "$current"; return`;
  const choices = quote(value.choices.join(' '));
  return value.isList ? `${fn}_list ${choices} "$current"; return` : `list=${choices}`;
}

function namesOf(options: readonly OptionWords[]): readonly string[] {
  return options.flatMap(({ names }) => names);
}

function functionName(name: string): string {
  return `_${name.replace(/\W/g, '_')}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
