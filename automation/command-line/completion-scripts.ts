/**
 * The scripts of `shipshape completion`: each has the same two tables and walks them in the same way. They start no
 * process, so the tab key answers at once. The one maintained library for commander, @bomb.sh/tab, starts the command at
 * each tab, completes no paths, and takes options of the same name in two commands for the same option.
 */
export type CompletedShell = "bash" | "zsh" | "fish";

interface Word {
  word: string;
  description: string;
}

/** What can follow the words of a command. */
export interface Place {
  /** Those words, each after a space: " local start". */
  at: string;
  commands: Word[];
  options: Word[];
}

export interface Completions {
  places: Place[];
  /**
   * What a word means after others: `command`; for an option with a value, what the value is: `file`, `folder`, `of` a
   * few words, or `none` that is known. The arguments of a command are #0, #1 and so on, #* all others.
   */
  meanings: [words: string, meaning: string][];
}

export const completionScript = (shell: CompletedShell, completions: Completions): string =>
  `${shell === "zsh" ? "#compdef shipshape\n" : ""}# Written by \`shipshape completion ${shell}\`.\n${scripts[shell](completions)}`;

/** Words with the same meaning, so that a script has one line for them. What ends with #* comes after its exceptions. */
function byMeaning({ meanings }: Completions): [meaning: string, words: string[]][] {
  const groups = new Map<string, [string, string[]]>();
  for (const [words, meaning] of meanings) {
    const key = `${words.endsWith("#*")} ${meaning}`;
    groups.set(key, [meaning, [...(groups.get(key)?.[1] ?? []), words]]);
  }
  return [...groups].sort(([one], [other]) => one.localeCompare(other)).map(([, group]) => group);
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** A pattern of `case`: in quotes a star would be one. */
const pattern = (words: string): string => (words.endsWith("*") ? `${quoted(words.slice(0, -1))}*` : quoted(words));
const meaningsForShells = (completions: Completions): string =>
  byMeaning(completions)
    .map(([meaning, words]) => `    ${words.map(pattern).join(" | ")}) meaning=${quoted(meaning)} ;;`)
    .join("\n");

const bash = (completions: Completions): string => {
  const list = (words: Word[]) => quoted(words.map(({ word }) => word).join(" "));
  const offers = completions.places.map(
    ({ at, commands, options }) => `    ${quoted(at)}) commands=${list(commands)} options=${list(options)} ;;`,
  );
  return `
_shipshape_means() {
  case $1 in
${meaningsForShells(completions)}
  esac
}

_shipshape_offers() {
  case $1 in
${offers.join("\n")}
  esac
}

_shipshape() {
  local at= meaning= commands= options= word count=0 current=\${COMP_WORDS[COMP_CWORD]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    # Readline makes three words of --option=value.
    if [[ $word == = ]]; then continue; fi
    if [[ -n $meaning ]]; then meaning=; continue; fi
    _shipshape_means "$at $word"
    if [[ $word == -* ]]; then continue; fi
    if [[ $meaning == command ]]; then at="$at $word"; else count=$((count + 1)); fi
    meaning=
  done
  if [[ $current == = ]]; then current=; fi
  if [[ -z $meaning && $current != -* ]]; then _shipshape_means "$at #$count"; fi
  if [[ -z $meaning ]]; then
    _shipshape_offers "$at"
    if [[ $current == -* || -z $commands ]]; then meaning="of $options"; else meaning="of $commands"; fi
  fi
  COMPREPLY=()
  case $meaning in
    'of '*) COMPREPLY=($(compgen -W "\${meaning#of }" -- "$current")) ;;
    # The bash of macOS has no compopt.
    file) local IFS=$'\\n'; compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$current")) ;;
    folder) local IFS=$'\\n'; compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "$current")) ;;
  esac
}

complete -F _shipshape shipshape`;
};

const zsh = (completions: Completions): string => {
  const list = (words: Word[]) => words.map(({ word, description }) => quoted(`${word}:${description}`)).join(" ");
  const offers = completions.places.map(
    ({ at, commands, options }) => `    ${quoted(at)}) commands=(${list(commands)}) options=(${list(options)}) ;;`,
  );
  return `
_shipshape_means() {
  case $1 in
${meaningsForShells(completions)}
  esac
}

_shipshape_offers() {
  case $1 in
${offers.join("\n")}
  esac
}

_shipshape() {
  local at= meaning= word current=$words[CURRENT]
  local -i count=0
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $meaning ]]; then meaning=; continue; fi
    _shipshape_means "$at $word"
    if [[ $word == -* ]]; then continue; fi
    if [[ $meaning == command ]]; then at="$at $word"; else count=$((count + 1)); fi
    meaning=
  done
  if [[ -z $meaning && $current == --*=* ]]; then
    _shipshape_means "$at \${current%%=*}"
    compset -P '*='
  elif [[ -z $meaning && $current != -* ]]; then
    _shipshape_means "$at #$count"
  fi
  case $meaning in
    'of '*) compadd -- \${=meaning#of } ;;
    file) _files ;;
    folder) _files -/ ;;
    '')
      _shipshape_offers "$at"
      if [[ $current == -* || $#commands == 0 ]]; then _describe -o option options; else _describe command commands; fi ;;
  esac
}

# As a file of $fpath this is the body of _shipshape, otherwise it is sourced.
if [[ $funcstack[1] == _shipshape ]]; then _shipshape "$@"; else compdef _shipshape shipshape; fi`;
};

const fish = (completions: Completions): string => {
  const fishQuoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  const meanings = byMeaning(completions).map(
    ([meaning, words]) => `        case ${words.map(fishQuoted).join(" ")}\n            echo ${fishQuoted(meaning)}`,
  );
  const offers = completions.places.flatMap(({ at, ...offered }) =>
    Object.entries(offered)
      .filter(([, words]: [string, Word[]]) => words.length > 0)
      .map(([kind, words]: [string, Word[]]) => {
        const list = words.flatMap(({ word, description }) => [word, description]).map(fishQuoted);
        return `        case ${fishQuoted(`${kind}${at}`)}\n            printf '%s\\t%s\\n' ${list.join(" ")}`;
      }),
  );
  return `
function __shipshape_means
    switch $argv[1]
${meanings.join("\n")}
    end
end

function __shipshape_offers
    switch $argv[1]
${offers.join("\n")}
    end
end

function __shipshape_complete
    set -l at ''
    set -l meaning ''
    set -l count 0
    set -l before ''
    set -l current (commandline -ct)
    for word in (commandline -opc)[2..-1]
        if test -n "$meaning"
            set meaning ''
            continue
        end
        set meaning (__shipshape_means "$at $word")
        if string match -q -- '-*' $word
            continue
        end
        if test "$meaning" = command
            set at "$at $word"
        else
            set count (math $count + 1)
        end
        set meaning ''
    end
    if test -z "$meaning"; and string match -q -- '--*=*' "$current"
        set before (string replace -r '=.*' '=' -- $current)
        set meaning (__shipshape_means "$at "(string replace -r '=.*' '' -- $current))
        set current (string replace -r '^[^=]*=' '' -- $current)
    else if test -z "$meaning"; and not string match -q -- '-*' "$current"
        set meaning (__shipshape_means "$at #$count")
    end
    switch "$meaning"
        case 'of *'
            string split ' ' -- (string replace 'of ' '' -- $meaning) | string replace -r -- '^' "$before"
        case file
            __fish_complete_path "$current" | string replace -r -- '^' "$before"
        case folder
            __fish_complete_directories "$current" | string replace -r -- '^' "$before"
        case ''
            set -l offered (__shipshape_offers "commands$at")
            if string match -q -- '-*' "$current"; or test -z "$offered"
                set offered (__shipshape_offers "options$at")
            end
            printf '%s\\n' $offered
    end
end

complete -c shipshape -f -a '(__shipshape_complete)'`;
};

const scripts: Record<CompletedShell, (completions: Completions) => string> = { bash, zsh, fish };
