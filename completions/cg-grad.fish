# fish completion for cg-grad. The command itself says what may stand where (cg-grad complete).
# fish shows the line up to the cursor alone: a spec behind it gives no names.

function __cg_grad_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    # The last word without its quotes, one of which may be open.
    for end in '' "'" '"'
        if set -l bare (string unescape -- "$last$end" 2>/dev/null)
            set last "$bare"
            break
        end
    end
    set -l lines ($words[1] complete (math (count $words) - 1) -- $words[2..-1] "$last" 2>/dev/null </dev/null)
    # What fish itself completes behind a command that it does not know: files.
    set -l files (complete -C "__fish_command_without_completions "(commandline -ct))
    switch "$lines[1]"
        case specs
            string match -r '^.*(?:/|\.yaml|\.yml|\.json)$' -- $files; or printf '%s\n' $files
        case files
            printf '%s\n' $files
        case folders
            string match -r '^.*/$' -- $files
    end
    printf '%s\n' $lines[2..-1]
end

complete -c cg-grad -f -a '(__cg_grad_complete)'
