# Completion of supcert and its checkers in bash. What there is to complete is asked of the programs themselves, which print their own tables:
# `supcert --completion-words` a command a line, `supcert COMMAND --completion-words` an option a line, with the name of its value, if it takes one.
# shellcheck shell=bash

_supcert_files() {
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
    compopt -o filenames 2>/dev/null
}

_supcert() {
    local program=${1/#\~/$HOME} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} first=1 line
    local -a command=() list=()
    COMPREPLY=()
    # bash splits --name=VALUE into three words
    if [[ $word == = ]]; then
        word=""
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ ${program##*/} != supcert-check* ]]; then
        if [[ $COMP_CWORD -eq 1 ]]; then
            mapfile -t list < <("$program" --completion-words 2>/dev/null)
            mapfile -t COMPREPLY < <(compgen -W "${list[*]} --help --version" -- "$word")
            return
        fi
        command=("${COMP_WORDS[1]}")
        first=2
    fi
    mapfile -t list < <("$program" "${command[@]}" --completion-words 2>/dev/null)
    if [[ $COMP_CWORD -gt $first ]]; then
        for line in "${list[@]}"; do
            [[ $line == "$before "* ]] || continue
            if [[ ${line#* } == FILE ]]; then _supcert_files "$word"; fi
            return
        done
    fi
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${list[*]%% *}" -- "$word")
    else
        _supcert_files "$word"
    fi
}

complete -F _supcert supcert supcert-check supcert-check-native
