import { shellWord } from '../encoding.js';
import type { CommandWords, OptionWords, ProgramWords, Value } from './words.js';

/** Completion for bash from 3.2 on, without the package `bash-completion`. */
export function bashScript({ name, options, commands }: ProgramWords): string {
  const fn = functionName(name);
  return `# Completion of ${name} for bash: source <(${name} completion bash)
${fn}() {
  local words=() last='' command='' place=0 list='' word i
  COMPREPLY=()
  # "@name" is two words to bash, and in "--option=@name" the first of them is "=@".
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD + 1}"; do
    if [[ $last == @ ]]; then
      words[\${#words[@]} - 1]=@$word
    elif [[ $word == =@ ]]; then
      words+=(= @)
    else
      words+=("$word")
    fi
    last=\${word#=}
  done
  local count=\${#words[@]}
  local current=\${words[count - 1]} before=\${words[count - 2]}
  # "--option=value" is three words to bash.
  if [[ $current == = ]]; then
    current=''
  elif [[ $before == = ]]; then
    before=\${words[count - 3]}
  fi
  # The command, and how many arguments stand before the word: what is neither an option nor the value of one.
  for ((i = 1; i < count - 1; i++)); do
    word=\${words[i]}
    if [[ $word == = ]]; then
      ((i++))
    elif [[ $word == -* ]]; then
      case "$command $word" in
        ${patterns(commands)}) [[ \${words[i + 1]} == = ]] || ((i++)) ;;
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
        ' '*' -'*) list=${shellWord(namesOf(options).join(' '))} ;;
        ' '*) list=${shellWord(commands.map((command) => command.name).join(' '))} ;;
${commands.map(({ name, options }) => `        ${shellWord(`${name} `)}*' -'*) list=${shellWord(namesOf(options).join(' '))} ;;`).join('\n')}
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
${fn}_rooms() {
  local list=demo word
  if [[ $1 == @* ]]; then
    list=@all
    for word in $(${name} rooms 2> /dev/null); do [[ $word == @* ]] && list+=" $word"; done
  fi
  COMPREPLY=($(compgen -W "$list" -- "$1"))
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
      const words = all.filter((one) => one.act === act).map((one) => shellWord(one.words));
      return `    ${words.join(' | ')}) ${act} ;;`;
    })
    .join('\n');
}

/** The options after which a word is their value. */
function patterns(commands: readonly CommandWords[]): string {
  return commands
    .flatMap(({ name, options }) =>
      namesOf(options.filter(({ value }) => value !== null)).map((option) => shellWord(`${name} ${option}`)),
    )
    .join(' | ');
}

function argumentCases({ name, arguments: all }: CommandWords, fn: string): readonly string[] {
  return all.map(({ value, isRepeatable }, place) => {
    const pattern = isRepeatable ? shellWord(`${name} `) : shellWord(`${name} ${place} `);
    return `        ${pattern}*) ${actFor(value, fn)} ;;`;
  });
}

function actFor(value: Value, fn: string): string {
  if (value.kind === 'any') return 'return';
  if (value.kind === 'file') return `${fn}_files "$current"; return`;
  if (value.kind === 'room') return `${fn}_rooms "$current"; return`;
  const choices = shellWord(value.choices.join(' '));
  return value.isList ? `${fn}_list ${choices} "$current"; return` : `list=${choices}`;
}

function namesOf(options: readonly OptionWords[]): readonly string[] {
  return options.flatMap(({ names }) => names);
}

function functionName(name: string): string {
  return `_${name.replace(/\W/g, '_')}`;
}
