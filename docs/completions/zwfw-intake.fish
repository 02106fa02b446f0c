# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_zwfw_intake_global_optspecs
    string join \n config= v/verbose h/help V/version
end

function __fish_zwfw_intake_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_zwfw_intake_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_zwfw_intake_using_subcommand
    set -l cmd (__fish_zwfw_intake_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -s V -l version -d 'Print version'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "run" -d 'Run the daemon: poll the mailbox, file, answer, until SIGTERM'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "setup" -d 'Ask for what a first configuration needs, or take it from options, write it, and try it with `check --live`'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "init" -d 'Make a new store where there is none; answers then leave as `not_before` says'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "check" -d 'Read the configuration and report every problem at once'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "import" -d 'File .eml files, folders of them, mbox files or Maildirs by the same rules, and queue their answers'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "backup" -d 'Make a consistent copy of the store while the daemon runs; read again before it has its name, 0600, written over nothing'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "restore" -d 'Put a backup into the store\'s place while no service runs: checked first, the old store is kept, numbers are skipped, answers that may have left already are withheld'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "status" -d 'Show the last good pass, what waits, and the time to each deadline'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "list" -d 'List submissions in the order of filing; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "search" -d 'Find submissions in which a text stands; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "show" -d 'Show one submission with everything that belongs to it; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "stats" -d 'Show the figures for reports: how many, from whom, about what, and whether the sum is whole'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "view" -d 'Print a view of the store (意见汇总, 待核邮件, …) as a table or as CSV; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "export" -d 'Write what leaves the office: the workbook that staff decide in, what is published, or the archive; but for the second they hold personal data, and the event log records each'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "adopt" -d 'Read workbooks back that staff filled in: show what would change, or with --apply write it'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "group" -d 'Groups of opinion items at the terminal: list, show, name, decide, move, split, join; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "report" -d 'Write what came of a consultation: a text for an official document, or one page with charts; exit 1 while opinions are undecided'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "clauses" -d 'Words that point to clauses: what stands often in opinions without one, and adding a word'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "close" -d 'Freeze the figures of a consultation with a digest, as an event in the chain; report and stats then tell what came later and what is otherwise; exit 1 while letters wait or opinions are undecided'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "explain" -d 'Explain why one mail was treated as it was, each step with its evidence'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "review" -d 'List the cases that wait for a person; confirm or deny them'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "correct" -d 'Correct what was extracted, or write down what was decided on an opinion item; the old value is kept'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "item" -d 'Opinion items: what is no opinion leaves the count; add one, split one into several, join two'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "move" -d 'Move a submission to another consultation: a number there, the old one goes on naming it; nobody is answered again'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "erase" -d 'Erase a letter, or only name, phones, emails … of its writer: shown first, confirmed by its number typed once more; out of the raw mail, the free pages and the reading copy too. Number, dates and counts stay'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "retention" -d 'Show which consultations are past the time for which who wrote is kept, or with --apply erase names, phones, addresses and raw mail of one; exit 1 while something is due'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "reprocess" -d 'Run today\'s rules over the kept messages and show what would change; staff corrections stay'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "outbox" -d 'Acknowledgements: what waits, what failed and why; try again, or let a withheld one go'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "reconcile" -d 'Compare the mailbox with the record, entry by entry; exit 1 on a gap'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "refetch" -d 'Ask the mailbox again for letters without bytes: for all of them, or for these entries of a folder'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "verify" -d 'Recompute every digest and the event chain; exit 1 when anything kept is not what was recorded'
complete -c zwfw-intake -n "__fish_zwfw_intake_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand run" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand run" -l once -d 'One full pass over the mailbox and one over the outbox, a summary, exit'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand run" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand run" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l host -d 'The mail server\'s host (IMAP)' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l security -d 'tls, starttls, or plaintext (this machine only)' -r -f -a "tls\t''
starttls\t''
plaintext\t''"
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l port -d 'Its port, where it is not the usual one' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l account -d 'The mailbox\'s login name; on most servers its address' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l folders -d 'Folders to read, with commas' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l smtp-host -d 'The host through which answers leave (SMTP); `none`: nothing is answered' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l smtp-security -d 'As --security' -r -f -a "tls\t''
starttls\t''
plaintext\t''"
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l smtp-port -d 'As --port' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l from -d 'The sender of the answers, where the account is no address' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l ca-file -d 'The authorities to trust instead of the system\'s (PEM); a copy is kept beside the configuration' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l proxy -d 'The proxy to both servers, like socks5://HOST:PORT or http://HOST:PORT' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l password-from -d 'Take the password, or the provider\'s authorisation code, from this file\'s first line; `-`: from standard input' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l trusted -d 'Hosts of the office\'s own that write the first Received line, with commas' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l title -d 'The draft\'s title, as the notice prints it' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l subject-tag -d 'The subject that the notice asks for, where it asks for one' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l deadline -d 'The last day, like 2024-03-13' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l prefix -d 'What numbers begin with, like LNZX-2024' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l store -d 'Where the store is to be, where not at /var/lib/zwfw-intake/store.sqlite3' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l encrypt -d 'Keep it encrypted by systemd-creds, for this machine alone, instead of in a file of root\'s'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -l no-check -d 'Do not try it: the servers are not to be reached yet'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand setup" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand init" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand init" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand init" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand check" -l send-test -d 'With --live: also send a message to this address, through the server of the answers' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand check" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand check" -l live -d 'Also log in to IMAP and SMTP, select each folder, open the store, compare clocks'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand check" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand check" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand import" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand import" -l no-answer -d 'Queue no answers: they are withheld, and `outbox release` lets them go'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand import" -l each -d 'Say what became of each file, however many there are; else beyond 40 only of those that wait for a person'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand import" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand import" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand backup" -l keep -d 'In a folder: keep so many backups, this one included, and remove the oldest of the others' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand backup" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand backup" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand backup" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand restore" -l skip -d 'Give so many numbers to nobody, behind the highest that is known to be given: whoever holds one since the backup keeps it' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand restore" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand restore" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand restore" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand status" -l threshold -d 'With --check: other bounds than the configuration has, like review=1d:3d or disk=20:5; an empty half means never' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand status" -l backups -d 'With --check: also how old the newest backup in this folder is' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand status" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand status" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand status" -l check -d 'For a monitor: one line, with figures behind the bar; exit 0 all is well, 1 warning, 2 critical, 3 could not look'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand status" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand status" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l status -d 'Only this status: accepted, review, late, duplicate, handled, denied or erased; several are written with a comma between them' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l sender-kind -d 'Only this kind of sender: citizen, enterprise, association or agency' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l day -d 'Only what arrived on this day (2024-03-11, 3.11) or from one to another (3.11..3.13), Beijing time' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l occupation -d 'Only this occupation; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l clause -d 'Only letters with an item on this clause; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l flag -d 'Only letters with this flag' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l group -d 'Only letters with an item in this group (类号)' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l handler -d 'Only letters with an item in a group of this 承办处室' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l channel -d 'Only what came this way: 邮件' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l name -d 'Only letters with this in the name of the writer or of the unit; `search` looks into what they say too' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l limit -d 'At most so many: the newest, or with --after the first behind it. On a terminal 50 where nothing is said, else all' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l after -d 'Only what was registered behind this number, the oldest first' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l no-name -d 'Only letters without the name of a person or a unit'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l unanswered -d 'Only what was decided on and still owes its writer an answer, until `review answered` says that he had one'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l unentered -d 'Only what counts and has all of its opinion in a file or behind a link, until its items are entered (`item add`)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l not-ours -d 'Mail that is for no consultation, as it is found in the mailbox: folder, arrival, size, UID (of what was imported, the file), reason; nothing of what it says'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l count -d 'Only how many there are'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l unmasked -d 'Print names, phones and addresses in full; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand list" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l status -d 'Only this status: accepted, review, late, duplicate, handled, denied or erased; several are written with a comma between them' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l sender-kind -d 'Only this kind of sender: citizen, enterprise, association or agency' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l day -d 'Only what arrived on this day (2024-03-11, 3.11) or from one to another (3.11..3.13), Beijing time' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l occupation -d 'Only this occupation; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l clause -d 'Only letters with an item on this clause; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l flag -d 'Only letters with this flag' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l group -d 'Only letters with an item in this group (类号)' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l handler -d 'Only letters with an item in a group of this 承办处室' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l channel -d 'Only what came this way: 邮件' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l name -d 'Only letters with this in the name of the writer or of the unit; `search` looks into what they say too' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l limit -d 'At most so many, the newest; 50 where nothing is said' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l no-name -d 'Only letters without the name of a person or a unit'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l unanswered -d 'Only what was decided on and still owes its writer an answer, until `review answered` says that he had one'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l unentered -d 'Only what counts and has all of its opinion in a file or behind a link, until its items are entered (`item add`)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l count -d 'Print only how many there are'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l unmasked -d 'Print names, phones and addresses in full; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand search" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l save-attachments -d 'Write the attachments into this folder as new files, readable by their owner alone; the event log records it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l corrections -d 'Print every correction with both values in full'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l full -d 'Print the whole text too, with what is quoted in it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l raw -d 'Print the letter\'s bytes as they came; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l unmasked -d 'Print names, phones and addresses in full; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand show" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand stats" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand stats" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand stats" -l agencies -d 'Which of the units that were asked (`invited`) have answered, when, with what, and which have not'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand stats" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand stats" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand stats" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l status -d 'Only this status: accepted, review, late, duplicate, handled, denied or erased; several are written with a comma between them' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l sender-kind -d 'Only this kind of sender: citizen, enterprise, association or agency' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l day -d 'Only what arrived on this day (2024-03-11, 3.11) or from one to another (3.11..3.13), Beijing time' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l occupation -d 'Only this occupation; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l clause -d 'Only letters with an item on this clause; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l flag -d 'Only letters with this flag' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l group -d 'Only letters with an item in this group (类号)' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l handler -d 'Only letters with an item in a group of this 承办处室' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l channel -d 'Only what came this way: 邮件' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l name -d 'Only letters with this in the name of the writer or of the unit; `search` looks into what they say too' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l out -d 'Write into this new file, readable by its owner alone' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l csv -d 'Print CSV for spreadsheets: UTF-8 with its mark, no cell that would be taken for a formula'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l no-name -d 'Only letters without the name of a person or a unit'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l unanswered -d 'Only what was decided on and still owes its writer an answer, until `review answered` says that he had one'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l unentered -d 'Only what counts and has all of its opinion in a file or behind a link, until its items are entered (`item add`)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -l unmasked -d 'Print names, phones and addresses in full; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand view" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l format -d 'What to write; else as the file is called' -r -f -a "xlsx\t'The workbook: groups, items, letters, what waits, units, figures; with --public one table'
csv\t'With --public: for programs'
html\t'With --public: a bare table for a web site'
eml\t'The archive of a consultation, a folder: letters as they came, tables, the event log, digests for sha256sum'"
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l out -d 'Write into this new file, or for eml this new folder, readable by its owner alone' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l about -d 'Write all that is kept of one person as a text that he can read: of an address, or of a registration number' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l status -d 'Only this status: accepted, review, late, duplicate, handled, denied or erased; several are written with a comma between them' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l sender-kind -d 'Only this kind of sender: citizen, enterprise, association or agency' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l day -d 'Only what arrived on this day (2024-03-11, 3.11) or from one to another (3.11..3.13), Beijing time' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l occupation -d 'Only this occupation; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l clause -d 'Only letters with an item on this clause; 无 for none' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l flag -d 'Only letters with this flag' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l group -d 'Only letters with an item in this group (类号)' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l handler -d 'Only letters with an item in a group of this 承办处室' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l channel -d 'Only what came this way: 邮件' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l name -d 'Only letters with this in the name of the writer or of the unit; `search` looks into what they say too' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l public -d 'Write what is published: groups in the clerk\'s words, nothing of a person in it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l no-name -d 'Only letters without the name of a person or a unit'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l unanswered -d 'Only what was decided on and still owes its writer an answer, until `review answered` says that he had one'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -l unentered -d 'Only what counts and has all of its opinion in a file or behind a link, until its items are entered (`item add`)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand adopt" -l undo -d 'Take back what was adopted from the file of this SHA-256 (or its beginning)' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand adopt" -l mine -d 'In these rows, which were changed in the store since, the file\'s value holds: 意见明细:17,21' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand adopt" -l theirs -d 'In these rows the store\'s value stays' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand adopt" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand adopt" -l apply -d 'Write it; without, it is only shown'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand adopt" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand adopt" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "propose" -d 'Put the items that have no group yet into one, as `export` does'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "list" -d 'List the groups of registered letters'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "show" -d 'Show a group with its items; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "rename" -d 'Say in a few words what the group says (意见要点)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "decide" -d 'Decide on a group, and so on each of its items that has no decision of its own'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "set" -d 'Set who works on a group, whether it is published, and what is remarked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "move" -d 'Move items to another group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "split" -d 'Make a new group of some items of a group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "join" -d 'Put all items of other groups into a group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and not __fish_seen_subcommand_from propose list show rename decide set move split join help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from propose" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from propose" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from propose" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from propose" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from list" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from list" -l handler -d 'Only the groups of this 承办处室' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from list" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from list" -l undecided -d 'Only groups on which nothing is decided'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from show" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from show" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from show" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from rename" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from rename" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from decide" -l reason -d 'Why' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from decide" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from decide" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from decide" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from decide" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from set" -l handler -d '承办处室; \'\' empties it' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from set" -l published -d '公开: 是 or 否' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from set" -l remark -d '备注; \'\' empties it' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from set" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from set" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from move" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from move" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from move" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from move" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from split" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from split" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from split" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from split" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from join" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from join" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from join" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from join" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "propose" -d 'Put the items that have no group yet into one, as `export` does'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the groups of registered letters'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a group with its items; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Say in a few words what the group says (意见要点)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "decide" -d 'Decide on a group, and so on each of its items that has no decision of its own'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "set" -d 'Set who works on a group, whether it is published, and what is remarked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "move" -d 'Move items to another group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "split" -d 'Make a new group of some items of a group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "join" -d 'Put all items of other groups into a group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -l out -d 'Write into this new file, .txt or .html; without, the text is printed' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -l format -d 'What to write, whatever the file is called' -r -f -a "text\t'A text to go on with in an official document'
html\t'One page with charts, ready to print on A4'"
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -l text -d 'The same as --format text'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -l partial -d 'Write a first draft although opinions are undecided'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and not __fish_seen_subcommand_from suggest add help" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and not __fish_seen_subcommand_from suggest add help" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and not __fish_seen_subcommand_from suggest add help" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and not __fish_seen_subcommand_from suggest add help" -f -a "suggest" -d 'List words that stand often in opinions without a clause, with how many opinions have them and the clause that is near'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and not __fish_seen_subcommand_from suggest add help" -f -a "add" -d 'Let words point to a clause: they are written into conf.d/clauses-ID.toml, checked like the configuration, and what `reprocess` would change is shown'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and not __fish_seen_subcommand_from suggest add help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from suggest" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from suggest" -l least -d 'Only words of so many opinions or more' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from suggest" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from suggest" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from suggest" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from suggest" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from add" -l consultation -d 'Which consultation; needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from add" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from help" -f -a "suggest" -d 'List words that stand often in opinions without a clause, with how many opinions have them and the clause that is near'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from help" -f -a "add" -d 'Let words point to a clause: they are written into conf.d/clauses-ID.toml, checked like the configuration, and what `reprocess` would change is shown'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand clauses; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand close" -l consultation -d 'The same' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand close" -l note -d 'Why; kept with the event' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand close" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand close" -l partial -d 'Close although letters wait for a person, opinions are undecided or the deadline is to come'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand close" -l undo -d 'Take the closing back: the figures are those of today again'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand close" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand close" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand explain" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand explain" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand explain" -l unmasked -d 'Print names, phones and addresses in full; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand explain" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand explain" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand explain" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -f -a "list" -d 'List what waits, the oldest first by its arrival and not by its number, with the reason and what to do; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -f -a "confirm" -d 'It belongs here: it counts, with the arrival time it has; what only asks for something, or asks a question, was seen to and is no letter of its own. With --note also a late one, which counts as in time'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -f -a "deny" -d 'It does not count: it does not belong here, or its sender withdrew it; also what counts already'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -f -a "reopen" -d 'Take the last decision back: it stands where it stood before'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -f -a "note" -d 'Write down how far you are with it (已去信，等回复): what waits goes on waiting, listed behind the others until its sender writes again. It is a note and no answer, unless it begins with 已答复. `correct --undo NUMBER 说明` takes it back'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -f -a "answered" -d 'Its writer was answered, or told what came of it, by mail or by telephone: `list --unanswered` lists it no more'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and not __fish_seen_subcommand_from list confirm deny reopen note answered help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -l reason -d 'Only what waits for this reason' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -l limit -d 'At most so many, the oldest. On a terminal 20 where nothing is said, else all' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -l unmasked -d 'Print names, phones and addresses in full; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from confirm" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from confirm" -l note -d 'Why; kept with the decision. Needed to deny what counts or was decided already' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from confirm" -l yes -d 'How many of them count or were decided already, where it is more than one: confirms that a whole range is meant' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from confirm" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from confirm" -l answered -d 'Its writer was answered already, as `review answered` writes it down. What --note says is not taken for an answer'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from confirm" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from confirm" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from deny" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from deny" -l note -d 'Why; kept with the decision. Needed to deny what counts or was decided already' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from deny" -l yes -d 'How many of them count or were decided already, where it is more than one: confirms that a whole range is meant' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from deny" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from deny" -l answered -d 'Its writer was answered already, as `review answered` writes it down. What --note says is not taken for an answer'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from deny" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from deny" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from reopen" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from reopen" -l note -d 'Why; kept with the decision. Needed to deny what counts or was decided already' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from reopen" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from reopen" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from reopen" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from note" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from note" -l note -d 'What to write down, in place of what was written down before' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from note" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from note" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from note" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from answered" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from answered" -l note -d 'Why; kept with the decision. Needed to deny what counts or was decided already' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from answered" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from answered" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from answered" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from help" -f -a "list" -d 'List what waits, the oldest first by its arrival and not by its number, with the reason and what to do; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from help" -f -a "confirm" -d 'It belongs here: it counts, with the arrival time it has; what only asks for something, or asks a question, was seen to and is no letter of its own. With --note also a late one, which counts as in time'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from help" -f -a "deny" -d 'It does not count: it does not belong here, or its sender withdrew it; also what counts already'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from help" -f -a "reopen" -d 'Take the last decision back: it stands where it stood before'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from help" -f -a "note" -d 'Write down how far you are with it (已去信，等回复): what waits goes on waiting, listed behind the others until its sender writes again. It is a note and no answer, unless it begins with 已答复. `correct --undo NUMBER 说明` takes it back'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from help" -f -a "answered" -d 'Its writer was answered, or told what came of it, by mail or by telephone: `list --unanswered` lists it no more'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand review; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l item -d 'Which opinion item, counted from 1 as `show` does' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l note -d 'Why; kept beside the old value' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l yes -d 'How many letters a range has that is to be corrected at once; without it they are shown and left as they are' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l undo -d 'Take the last correction of the field back; that is written down too. 条目: what `item` added, split or joined last'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l from-reply -d 'What its sender wrote of the field later, in a supplement or in a letter that asks for a correction: nobody types it. Shown masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -l replace -d 'The word takes the place of the whole text: without it a word is refused there, for it was meant to put one right'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand correct" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -f -a "drop" -d 'These items are no opinions: their text is kept, and they count no more'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -f -a "add" -d 'An item that the rules missed, behind the others'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -f -a "split" -d 'One item is several, in its words: each gets the clause that it names, else the item\'s, and what was decided on it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -f -a "join" -d 'Two items are one'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and not __fish_seen_subcommand_from drop add split join help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from drop" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from drop" -l note -d 'Why; kept with the change' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from drop" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from drop" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from drop" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from add" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from add" -l note -d 'Why; kept with the change' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from add" -l clause -d 'Its clause' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from add" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from split" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from split" -l note -d 'Why; kept with the change' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from split" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from split" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from split" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from join" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from join" -l note -d 'Why; kept with the change' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from join" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from join" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from join" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from help" -f -a "drop" -d 'These items are no opinions: their text is kept, and they count no more'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from help" -f -a "add" -d 'An item that the rules missed, behind the others'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from help" -f -a "split" -d 'One item is several, in its words: each gets the clause that it names, else the item\'s, and what was decided on it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from help" -f -a "join" -d 'Two items are one'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand item; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand move" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand move" -l note -d 'Why; kept with the move' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand move" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand move" -l undo -d 'Back where it came from: it gets its old number again, and stands where it stood'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand move" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand move" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand erase" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand erase" -l only -d 'Only these details of the writer, with commas between them: name, phones, emails (the sender\'s address too), organization, occupation; the letter counts on, its raw mail goes' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand erase" -l note -d 'Why; kept with the erasure, and to hold nothing of what is erased' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand erase" -l yes -d 'The same numbers once more: confirms where nobody is asked' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand erase" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand erase" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand erase" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand retention" -l consultation -d 'Only this consultation; --apply wants one where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand retention" -l yes -d 'The consultation\'s id once more: confirms where nobody is asked' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand retention" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand retention" -l apply -d 'Erase what is due: names, phones and addresses of the writers, and the raw mail'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand retention" -l no-archive -d 'Also where no archive was written (export --format eml) since the last mail'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand retention" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand retention" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -l apply -d 'Make the changes; without it nothing changes, and the exit status is 1 when something would'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -l details -d 'Tell each letter, however many change'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -l unmasked -d 'Print names, phones and addresses in full; the event log records it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reprocess" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -f -a "list" -d 'List what waits, what failed, what is withheld, and why'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -f -a "retry" -d 'Try failed and deferred acknowledgements of these submissions again now; the count of attempts stays'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -f -a "release" -d 'Send withheld acknowledgements of these submissions by your decision, whatever withheld them: caps, doubts about the sender, marks of a machine. Each says what is true now; where nothing is withheld and the one that left says that somebody looks, what came of it. Never to the office\'s own addresses, and each kind of answer once'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -f -a "hold" -d 'Take back what waits to leave: it is withheld until `release` lets it go; exit 1 when it left already'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and not __fish_seen_subcommand_from list retry release hold help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from list" -l state -d 'Only this state: queued, deferred, failed, withheld or sent; without it, all but sent' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from list" -l consultation -d 'Only this consultation' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from list" -l limit -d 'At most so many, the newest' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from list" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l all-failed -d 'All that failed'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from retry" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from release" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from release" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from release" -l anyway -d 'As it was written, although the case was decided meanwhile'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from release" -l breaker -d 'Close the circuit breaker: what left so far counts no more for the caps of the hour and the day'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from release" -l first-contact -d 'Let the answers go that wait because no person made this store, or because it is a copy or was moved, or because a backup took its place'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from release" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from release" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from hold" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from hold" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from hold" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from hold" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "list" -d 'List what waits, what failed, what is withheld, and why'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "retry" -d 'Try failed and deferred acknowledgements of these submissions again now; the count of attempts stays'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "release" -d 'Send withheld acknowledgements of these submissions by your decision, whatever withheld them: caps, doubts about the sender, marks of a machine. Each says what is true now; where nothing is withheld and the one that left says that somebody looks, what came of it. Never to the office\'s own addresses, and each kind of answer once'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "hold" -d 'Take back what waits to leave: it is withheld until `release` lets it go; exit 1 when it left already'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reconcile" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reconcile" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reconcile" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand reconcile" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand refetch" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand refetch" -l not-ours -d 'Mail that was for no consultation, under other consultations than those configured now'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand refetch" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand refetch" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -l head -d 'The hash that an earlier run printed: it must still stand in the chain' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -l accept -d 'Go on from what stands there now: seal this submission as it is, or with `others` what belongs to none; you are named' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -l consultation -d 'The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured' -r
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -l config -d 'The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it' -r -F
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -l replay -d 'Rule on the kept mail again as `reprocess` does, and name what the record has otherwise'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -l json -d 'Print JSON'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -s v -l verbose -d 'Say more in the log; the daemon begins one step higher'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand verify" -s h -l help -d 'Print help'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "run" -d 'Run the daemon: poll the mailbox, file, answer, until SIGTERM'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "setup" -d 'Ask for what a first configuration needs, or take it from options, write it, and try it with `check --live`'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "init" -d 'Make a new store where there is none; answers then leave as `not_before` says'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "check" -d 'Read the configuration and report every problem at once'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "import" -d 'File .eml files, folders of them, mbox files or Maildirs by the same rules, and queue their answers'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "backup" -d 'Make a consistent copy of the store while the daemon runs; read again before it has its name, 0600, written over nothing'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "restore" -d 'Put a backup into the store\'s place while no service runs: checked first, the old store is kept, numbers are skipped, answers that may have left already are withheld'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "status" -d 'Show the last good pass, what waits, and the time to each deadline'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "list" -d 'List submissions in the order of filing; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "search" -d 'Find submissions in which a text stands; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "show" -d 'Show one submission with everything that belongs to it; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "stats" -d 'Show the figures for reports: how many, from whom, about what, and whether the sum is whole'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "view" -d 'Print a view of the store (意见汇总, 待核邮件, …) as a table or as CSV; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "export" -d 'Write what leaves the office: the workbook that staff decide in, what is published, or the archive; but for the second they hold personal data, and the event log records each'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "adopt" -d 'Read workbooks back that staff filled in: show what would change, or with --apply write it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "group" -d 'Groups of opinion items at the terminal: list, show, name, decide, move, split, join; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "report" -d 'Write what came of a consultation: a text for an official document, or one page with charts; exit 1 while opinions are undecided'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "clauses" -d 'Words that point to clauses: what stands often in opinions without one, and adding a word'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "close" -d 'Freeze the figures of a consultation with a digest, as an event in the chain; report and stats then tell what came later and what is otherwise; exit 1 while letters wait or opinions are undecided'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "explain" -d 'Explain why one mail was treated as it was, each step with its evidence'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "review" -d 'List the cases that wait for a person; confirm or deny them'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "correct" -d 'Correct what was extracted, or write down what was decided on an opinion item; the old value is kept'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "item" -d 'Opinion items: what is no opinion leaves the count; add one, split one into several, join two'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "move" -d 'Move a submission to another consultation: a number there, the old one goes on naming it; nobody is answered again'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "erase" -d 'Erase a letter, or only name, phones, emails … of its writer: shown first, confirmed by its number typed once more; out of the raw mail, the free pages and the reading copy too. Number, dates and counts stay'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "retention" -d 'Show which consultations are past the time for which who wrote is kept, or with --apply erase names, phones, addresses and raw mail of one; exit 1 while something is due'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "reprocess" -d 'Run today\'s rules over the kept messages and show what would change; staff corrections stay'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "outbox" -d 'Acknowledgements: what waits, what failed and why; try again, or let a withheld one go'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "reconcile" -d 'Compare the mailbox with the record, entry by entry; exit 1 on a gap'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "refetch" -d 'Ask the mailbox again for letters without bytes: for all of them, or for these entries of a folder'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "verify" -d 'Recompute every digest and the event chain; exit 1 when anything kept is not what was recorded'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and not __fish_seen_subcommand_from run setup init check import backup restore status list search show stats view export adopt group report clauses close explain review correct item move erase retention reprocess outbox reconcile refetch verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "propose" -d 'Put the items that have no group yet into one, as `export` does'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "list" -d 'List the groups of registered letters'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "show" -d 'Show a group with its items; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "rename" -d 'Say in a few words what the group says (意见要点)'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "decide" -d 'Decide on a group, and so on each of its items that has no decision of its own'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "set" -d 'Set who works on a group, whether it is published, and what is remarked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "move" -d 'Move items to another group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "split" -d 'Make a new group of some items of a group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "join" -d 'Put all items of other groups into a group'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from clauses" -f -a "suggest" -d 'List words that stand often in opinions without a clause, with how many opinions have them and the clause that is near'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from clauses" -f -a "add" -d 'Let words point to a clause: they are written into conf.d/clauses-ID.toml, checked like the configuration, and what `reprocess` would change is shown'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from review" -f -a "list" -d 'List what waits, the oldest first by its arrival and not by its number, with the reason and what to do; personal data is masked'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from review" -f -a "confirm" -d 'It belongs here: it counts, with the arrival time it has; what only asks for something, or asks a question, was seen to and is no letter of its own. With --note also a late one, which counts as in time'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from review" -f -a "deny" -d 'It does not count: it does not belong here, or its sender withdrew it; also what counts already'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from review" -f -a "reopen" -d 'Take the last decision back: it stands where it stood before'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from review" -f -a "note" -d 'Write down how far you are with it (已去信，等回复): what waits goes on waiting, listed behind the others until its sender writes again. It is a note and no answer, unless it begins with 已答复. `correct --undo NUMBER 说明` takes it back'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from review" -f -a "answered" -d 'Its writer was answered, or told what came of it, by mail or by telephone: `list --unanswered` lists it no more'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from item" -f -a "drop" -d 'These items are no opinions: their text is kept, and they count no more'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from item" -f -a "add" -d 'An item that the rules missed, behind the others'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from item" -f -a "split" -d 'One item is several, in its words: each gets the clause that it names, else the item\'s, and what was decided on it'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from item" -f -a "join" -d 'Two items are one'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "list" -d 'List what waits, what failed, what is withheld, and why'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "retry" -d 'Try failed and deferred acknowledgements of these submissions again now; the count of attempts stays'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "release" -d 'Send withheld acknowledgements of these submissions by your decision, whatever withheld them: caps, doubts about the sender, marks of a machine. Each says what is true now; where nothing is withheld and the one that left says that somebody looks, what came of it. Never to the office\'s own addresses, and each kind of answer once'
complete -c zwfw-intake -n "__fish_zwfw_intake_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "hold" -d 'Take back what waits to leave: it is withheld until `release` lets it go; exit 1 when it left already'
