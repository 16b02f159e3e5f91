# bash completion for cg-grad. The command itself says what may stand where (cg-grad complete);
# here the line is taken apart, and candidates are quoted.
# shellcheck shell=bash disable=SC1003,SC2088 # a backslash at an end, a tilde as typed

# Splits the line "$1" into `words`, their quotes removed; `quote` is the one left open. `kept`:
# how much of the last word stays, as readline replaces what is behind a character that breaks
# words, or behind an open quote.
_cg_grad_split() {
    local line=$1 word='' c before=0 started=
    words=() quote='' kept=0
    while [[ $line ]]; do
        c=${line:0:1} line=${line:1}
        if [[ $quote ]]; then
            if [[ $c == "$quote" ]]; then
                quote='' kept=$before
            elif [[ $quote == '"' && $c == \\ && ${line:0:1} == [\$\`\"\\] ]]; then
                word+=${line:0:1} line=${line:1}
            else
                word+=$c
            fi
        elif [[ $c == [\'\"] ]]; then
            quote=$c before=$kept kept=${#word} started=1
        elif [[ $c == \\ ]]; then
            word+=${line:0:1} line=${line:1} started=1
        elif [[ $c == [[:blank:]] ]]; then
            [[ ! $started ]] || words+=("$word")
            word='' kept=0 started=
        else
            word+=$c started=1
            [[ $COMP_WORDBREAKS != *"$c"* ]] || kept=${#word}
        fi
    done
    words+=("$word")
}

# Prints "$1" as it must be typed behind the quote that is open.
_cg_grad_quote() {
    local text=$1 quoted='' c i special=' "'\''`$&|;<>()[]{}*?!#~\'
    case $quote in
    \') quoted=${text//\'/\'\\\'\'} ;;
    *)
        [[ ! $quote ]] || special='"`$\'
        for ((i = 0; i < ${#text}; i++)); do
            c=${text:i:1}
            [[ $special != *"$c"* ]] || quoted+=\\
            quoted+=$c
        done
        ;;
    esac
    # readline takes a quote at the end for the closing one.
    [[ ! $quote || $text != *"$quote" ]] || quoted+=$quote
    printf %s "$quoted"
}

# Adds the files that begin with "$1", and folders; $2: a pattern of their names.
_cg_grad_files() {
    local path=$1 file
    [[ $path != '~/'* ]] || path=$HOME/${path:2}
    for file in "$path"*; do
        # shellcheck disable=SC2053 # a pattern
        [[ -e $file && (-d $file || $file == $2) ]] && COMPREPLY+=("$file")
    done
}

_cg_grad() {
    local words quote kept n last rest flags candidate found file_pattern=''
    rest=${COMP_LINE:COMP_POINT}
    _cg_grad_split "${rest#"${rest%%[[:blank:]]*}"}"
    local behind=("${words[@]}")
    _cg_grad_split "${COMP_LINE:0:COMP_POINT}"
    n=$((${#words[@]} - 1)) last=${words[n]}
    COMPREPLY=()
    {
        read -r flags
        while IFS=$'\t' read -r candidate _; do
            [[ $candidate == "$last"* ]] || continue
            COMPREPLY+=("$(_cg_grad_quote "${candidate:kept}")")
        done
    } < <("$1" complete $((n - 1)) -- "${words[@]:1}" "${behind[@]}" 2>/dev/null </dev/null)
    found=${#COMPREPLY[@]}
    case $flags in
    specs) file_pattern='*.@(yaml|yml|json)' ;;
    files) file_pattern='*' ;;
    folders) file_pattern='' ;;
    *)
        [[ $found -eq 1 && ($flags == list || ${COMPREPLY[0]} == *[=\(]) ]] || return 0
        compopt -o nospace
        # A quote would be closed behind a single candidate.
        [[ ! $quote ]] || COMPREPLY+=("${COMPREPLY[0]}…")
        return 0
        ;;
    esac
    compopt -o filenames
    _cg_grad_files "${last:kept}" "$file_pattern"
    # Where no spec has one of these names, any file may be one.
    [[ $flags != specs || ${#COMPREPLY[@]} -gt found ]] || _cg_grad_files "${last:kept}" '*'
}
complete -F _cg_grad cg-grad
