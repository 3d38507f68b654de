/*
 * What each shell is given. The words go to the program as they are: nothing of what was typed is
 * ever evaluated, and everything that comes back is quoted for the shell.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Bash takes a word apart at signs such as @, and replaces its last part only. */
const BASH = `# contactsync completion for bash. Have it always: put into ~/.bashrc
#   source <(contactsync completion bash)
_contactsync() {
  local line=\${COMP_LINE:0:COMP_POINT} words current kept value about
  read -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]} - 1]}
  kept=\${current%"\${current##*[@:=]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    COMPREPLY+=("$(printf '%q' "\${value#"$kept"}")")
  done < <(contactsync complete -- "\${words[@]:1}" 2> /dev/null)
}
complete -o default -F _contactsync contactsync
`;

const ZSH = `#compdef contactsync
# contactsync completion for zsh. Have it always: put into ~/.zshrc, after compinit
#   source <(contactsync completion zsh)
_contactsync() {
  local -a found
  local value about
  while IFS=$'\\t' read -r value about; do
    found+=("\${value//:/\\\\:}\${about:+:$about}")
  done < <(contactsync complete -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)
  if (( $#found )); then
    _describe -V contactsync found
  else
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _contactsync "$@"
else
  compdef _contactsync contactsync
fi
`;

const FISH = `# contactsync completion for fish. Have it always:
#   contactsync completion fish > ~/.config/fish/completions/contactsync.fish
function __contactsync_complete
    set -l words (commandline -opc) (commandline -ct)
    contactsync complete -- $words[2..-1] 2>/dev/null
end
complete -c contactsync -f -a '(__contactsync_complete)'
`;

export function scriptFor(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}
