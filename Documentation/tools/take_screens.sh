#!/usr/bin/env bash
# Takes the README's pictures from real frames: the program in tmux on a scratch home with the samples.
#
#     Documentation/tools/take_screens.sh .build/release/wetread
#
# Writes Documentation/images/{worklist,study,queue,sign-off}.png; needs tmux and Python with Pillow.
set -euo pipefail
program=$(realpath "$1")
top=$(cd "$(dirname "$0")/../.." && pwd)
home=$(mktemp -d)
socket="wetread-screens-$$"
trap 'tmux -L "$socket" kill-server 2>/dev/null || true; rm -rf "$home"' EXIT
export WETREAD_HOME=$home/home WETREAD_MODEL=phantom-cxr14 WETREAD_READER=demo
unset NO_COLOR COLORTERM
"$program" import "$top/SampleStudies" >/dev/null

# start COLUMNS ROWS: a terminal with the workstation in it
start() {
    tmux -L "$socket" kill-server 2>/dev/null || true
    tmux -L "$socket" -f /dev/null new-session -d -x "$1" -y "$2" "LANG=C.UTF-8 '$program' workstation"
}

# await TEXT: until it stands on the screen, at most 20 s
await() {
    for _ in $(seq 200); do
        if tmux -L "$socket" capture-pane -p | grep -qF -- "$1"; then return; fi
        sleep 0.1
    done
    echo "take_screens: '$1' did not appear" >&2
    exit 1
}

press() { tmux -L "$socket" send-keys "$@"; }

take() {
    tmux -L "$socket" capture-pane -p -e >"$home/screen.ans"
    python3 "$top/Documentation/tools/screen_to_png.py" "$home/screen.ans" "$top/Documentation/images/$1.png"
}

start 100 30
await "analysed"
take worklist
press "!"
await "time left"
take queue
start 160 48
await "analysed"
press Enter
await "exact"
take study
press s
await "you say"
take sign-off
