import { jsonEscape } from '../encoding.js';
import type { CommandWords, OptionWords, ProgramWords, Value } from './words.js';

/**
 * Completion for PowerShell from 5.1 on. Where it offers nothing, PowerShell completes files. Its words stand in it as
 * JSON, in ASCII alone: Windows PowerShell reads a script without a byte order mark in the system's code page.
 */
export function powershellScript({ name, options, commands }: ProgramWords): string {
  const words = { options: options.map(optionWords), commands: commands.map(commandWords) };
  return `# Completion of ${name} for PowerShell, in $PROFILE: ${name} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @'
${JSON.stringify(words).replace(/[^ -~]/g, jsonEscape)}
'@ | ConvertFrom-Json
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    # The command, how many arguments stand before the word, and the option whose value the word is.
    $command = $null
    $place = 0
    $option = $null
    foreach ($word in $before) {
        if ($option) {
            $option = $null
        } elseif ($word.StartsWith('-')) {
            $of = if ($command) { $command.options } else { $words.options }
            $option = $of | Where-Object { $_.value -and $_.names -ccontains $word } | Select-Object -First 1
        } elseif (-not $command) {
            $command = $words.commands | Where-Object { $_.name -ceq $word } | Select-Object -First 1
        } else {
            $place++
        }
    }
    $options = if ($command) { $command.options } else { $words.options }
    $prefix = ''
    $quote = ''
    $typed = [string]$wordToComplete
    if (-not $option -and $typed -match '^(--[^=]+)=(.*)$') {
        $prefix = $Matches[1] + '='
        $typed = $Matches[2]
        $named = $Matches[1]
        $option = $options | Where-Object { $_.value -and $_.names -ccontains $named } | Select-Object -First 1
        if (-not $option) { return }
    }
    $value = $null
    if ($option) {
        $value = $option.value
    } elseif ($typed.StartsWith('-')) {
        $offers = $options | ForEach-Object { $one = $_; $_.names | ForEach-Object { @{ text = $_; tip = $one.description } } }
    } elseif (-not $command) {
        $offers = $words.commands | ForEach-Object { @{ text = $_.name; tip = $_.description } }
    } else {
        $arguments = @($command.arguments)
        if ($arguments.Count -gt $place) {
            $value = $arguments[$place].value
        } elseif ($arguments.Count -gt 0 -and $arguments[-1].isRepeatable) {
            $value = $arguments[-1].value
        }
    }
    if ($value -and $value.kind -eq 'choice') {
        # Several values with commas between: only the last of them is completed.
        if ($value.isList -and $typed -match '^(.*,)([^,]*)$') {
            $prefix += $Matches[1]
            $typed = $Matches[2]
        }
        $offers = $value.choices | ForEach-Object { @{ text = $_; tip = $_ } }
    } elseif ($value -and $value.kind -eq 'room') {
        # Without quotes, "@name" is a variable to PowerShell.
        $typed = $typed.Trim("'")
        $names = @('demo')
        if ($typed.StartsWith('@')) {
            $quote = "'"
            # Else Windows PowerShell reads what a program writes in the console's code page.
            $encoding = [Console]::OutputEncoding
            try {
                [Console]::OutputEncoding = [Text.Encoding]::UTF8
                $listed = (& ${name} rooms) -split ' ' | Where-Object { $_.StartsWith('@') }
            } finally {
                [Console]::OutputEncoding = $encoding
            }
            $names = @('@all') + $listed
        }
        $offers = $names | ForEach-Object { @{ text = $_; tip = $_ } }
    }
    $offers | Where-Object { $_ -and $_.text.StartsWith($typed) } | ForEach-Object {
        $tip = if ($_.tip) { $_.tip } else { $_.text }
        [System.Management.Automation.CompletionResult]::new($prefix + $quote + $_.text + $quote, $_.text, 'ParameterValue', $tip)
    }
}
`;
}

function commandWords({ name, description, options, arguments: all }: CommandWords) {
  return {
    name,
    description,
    options: options.map(optionWords),
    arguments: all.map(({ value, isRepeatable }) => ({ value: valueWords(value), isRepeatable })),
  };
}

function optionWords({ names, description, value }: OptionWords) {
  return { names, description, value: value === null ? null : valueWords(value) };
}

/** What tells nothing is left out. */
function valueWords(value: Value) {
  return value.kind === 'choice' ? value : { kind: value.kind };
}
