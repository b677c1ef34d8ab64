#!/bin/sh
# Installs a gate on Debian 12, 13 or Raspberry Pi OS, out of a built checkout: user and groups, udev rules,
# folders, the built files, the unit. Run again it changes only what is not as it should be.
#   install.sh                 installs, or brings up to date; starts nothing that was not running
#   install.sh --dry-run       says what it would do, and does nothing
#   install.sh --uninstall     removes what it has installed; keeps /etc/gate-kiosk and /var/lib/gate-kiosk
#   install.sh --uninstall --purge    removes these, too: journal, keys and configuration
#   --lane NAME                also the unit of a second lane on this board, with NAME.json
#   --root DIR                 into another root file system, as an image that is being made
set -eu
umask 022

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
say() { echo "install: $1"; }
fail() {
  echo "install: $1" >&2
  exit 1
}

name=gate-kiosk
root=
dry=
purge=
what=install
lane=
while [ $# -gt 0 ]; do
  case $1 in
  --dry-run) dry=yes ;;
  --uninstall) what=uninstall ;;
  --purge) purge=yes ;;
  --root)
    [ $# -ge 2 ] || usage
    root=${2%/}
    shift
    ;;
  --lane)
    [ $# -ge 2 ] || usage
    case $2 in '' | -* | *[!a-z0-9-]*) fail "a lane's name is of a-z, 0-9 and -: $2" ;; esac
    lane=$2
    shift
    ;;
  *) usage ;;
  esac
  shift
done
[ -z "$purge" ] || [ $what = uninstall ] || usage

source=$(cd "$(dirname "$0")/.." && pwd)
opt=$root/opt/$name
etc=$root/etc/$name
state=$root/var/lib/$name
units=$root/etc/systemd/system
rules=$root/etc/udev/rules.d/70-$name.rules
commands=$root/usr/local/bin
# What was made and not found here, so that an uninstall leaves what others have made.
made=$opt/.made
changed=

# Every change goes through here, so that a dry run and a run say the same.
run() { # words for people, command…
  say "$1"
  shift
  changed=yes
  [ -n "$dry" ] || "$@"
}

in_root() {
  if [ -n "$root" ]; then chroot "$root" "$@"; else "$@"; fi
}
has() { in_root getent "$1" "$2" >/dev/null; }

# Puts text or a file in its place, where it is not there already.
put() { # from, to, mode
  if [ -f "$2" ] && [ ! -L "$2" ] && cmp -s "$1" "$2" && [ "$(stat -c %a "$2")" = "$3" ]; then return 0; fi
  run "writes $2" install -D -m "$3" "$1" "$2"
}

folder() { # path, mode, owner:group
  if [ -d "$1" ] && [ "$(stat -c %a "$1")" = "$2" ] && [ "$(in_root stat -c %U:%G "${1#"$root"}" 2>/dev/null)" = "$3" ]; then
    return 0
  fi
  run "makes $1 (mode $2, $3)" make_folder "$@"
}
make_folder() {
  mkdir -p "$1"
  chmod "$2" "$1"
  in_root chown "$3" "${1#"$root"}"
}

link() { # target, path
  [ "$(readlink "$2" 2>/dev/null || true)" != "$1" ] || return 0
  run "links $2" make_link "$@"
}
make_link() {
  mkdir -p "$(dirname "$2")"
  ln -sfn "$1" "$2"
}

runs_here() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

check_system() {
  [ -n "$dry" ] || [ "$(id -u)" -eq 0 ] || fail 'run it as root: sudo sh scripts/install.sh'
  [ -z "$root" ] || [ -d "$root/etc" ] || fail "$root is no root file system"
  for word in getent groupadd useradd usermod; do
    in_root sh -c "command -v $word" >/dev/null 2>&1 || [ -n "$dry" ] || fail "$word is missing: apt-get install passwd"
  done
}

check_node() {
  node=$(in_root sh -c 'command -v node' 2>/dev/null) || fail 'node is missing: apt-get install nodejs (20.19 or later)'
  in_root "$node" -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
  ' || fail "node $(in_root "$node" --version) is too old: 20.19 or later is needed"
}

check_built() {
  if [ ! -f "$source/dist/scripts/gate-kiosk.js" ] || [ ! -d "$source/node_modules" ]; then
    fail "there are no built files in $source: run npm run build there first"
  fi
}

add_groups() {
  created=
  for group in dialout video gpio; do
    has group "$group" && continue
    run "adds the group $group" in_root groupadd --system "$group"
    created="$created group:$group"
  done
  if ! has passwd "$name"; then
    run "adds the user $name" in_root useradd --system --user-group --no-create-home \
      --home-dir "/var/lib/$name" --shell /usr/sbin/nologin --comment 'turnstile' "$name"
    created="$created user:$name"
  fi
  for group in dialout video gpio; do
    case " $(in_root id -nG "$name" 2>/dev/null) " in *" $group "*) continue ;; esac
    run "puts $name into the group $group" in_root usermod -aG "$group" "$name"
  done
}

# The new files are laid beside the old ones and take their place in one move each.
copy_files() {
  new=$root/opt/.$name.new
  [ -n "$dry" ] && new=$(mktemp -d)/new
  rm -rf "$new"
  mkdir -p "$new"
  node=$(command -v node) || fail 'node is missing on this machine'
  "$node" "$source/scripts/installed-files.mjs" >"$new/.files" || fail 'the list of files cannot be made'
  (cd "$source" && tar -chf - --exclude='*.map' --exclude='better-sqlite3/deps' --exclude='better-sqlite3/src' \
    --exclude='build/Release/obj*' --owner=0 --group=0 --mode=u=rwX,go=rX -T "$new/.files") | tar -C "$new" -xf -
  rm "$new/.files"
  if [ -d "$opt" ] && diff -rq --exclude=.made "$new" "$opt" >/dev/null; then
    rm -rf "$new"
    return 0
  fi
  say "puts the files into $opt"
  changed=yes
  updated=yes
  if [ -n "$dry" ]; then
    rm -rf "$new"
    return 0
  fi
  old=$root/opt/.$name.old
  rm -rf "$old"
  if [ -d "$opt" ]; then
    [ ! -f "$made" ] || cp -p "$made" "$new/.made"
    mv "$opt" "$old"
  fi
  mv "$new" "$opt"
  rm -rf "$old"
}

# node-hid's binary asks for it; a gate without a USB scanner does without.
hint_library() {
  grep -qs '"hid-pos"' "$etc"/*.json || return 0
  for file in "$root"/usr/lib/*/libusb-1.0.so.0 "$root"/lib/*/libusb-1.0.so.0; do
    [ ! -e "$file" ] || return 0
  done
  say "the USB scanner in $etc needs a library that is not there: apt-get install libusb-1.0-0"
}

install_unit() { # unit's file name, configuration's name
  unit=$(mktemp)
  sed "s|/etc/$name/kiosk.json|/etc/$name/$2|" "$source/hardware/systemd/$name.service" >"$unit"
  # Each instance has a runtime folder of its own: the first to end would take away the other's.
  [ "$1" = "$name.service" ] || sed -i "s|^RuntimeDirectory=$name\$|RuntimeDirectory=$name-%i|" "$unit"
  put "$unit" "$units/$1" 644
  rm -f "$unit"
}

do_install() {
  check_system
  check_built
  [ -n "$dry" ] || check_node
  updated=
  add_groups
  copy_files
  if [ -z "$dry" ] && [ -n "$created" ]; then
    for item in $created; do echo "$item"; done >>"$made"
  fi
  link "/opt/$name/dist/scripts/gate-kiosk.js" "$commands/gate-kiosk"
  link "/opt/$name/dist/scripts/gatectl/main.js" "$commands/gatectl"
  folder "$etc" 750 "root:$name"
  folder "$state" 700 "$name:$name"
  folder "$state/keys" 700 "$name:$name"
  put "$source/hardware/udev/70-$name.rules" "$rules" 644
  install_unit "$name.service" kiosk.json
  [ -z "$lane" ] || install_unit "$name@.service" '%i.json'
  hint_library
  if [ -z "$changed" ]; then
    say 'everything is as it should be'
    return 0
  fi
  [ -z "$dry" ] || return 0
  if runs_here; then
    systemctl daemon-reload
    udevadm control --reload
    udevadm trigger --subsystem-match=gpio --subsystem-match=hidraw --subsystem-match=tty
    [ -z "$updated" ] || systemctl try-restart "$name.service" "$name@*.service"
  fi
  say "done. Next: gate-kiosk enrol --file FILE (the admin makes it: gatectl enrol), or by hand"
  say "/etc/$name/kiosk.json (example: /opt/$name/dist/config/kiosk.example.json) and keys into"
  say "/var/lib/$name/keys; then: sudo -u $name gate-kiosk doctor --config /etc/$name/kiosk.json"
  say "and: systemctl enable --now $name"
}

drop() { # path
  [ -e "$1" ] || [ -L "$1" ] || return 0
  run "removes $1" rm -rf "$1"
}

do_uninstall() {
  check_system
  if runs_here && [ -z "$dry" ]; then
    systemctl disable --now "$name.service" 2>/dev/null || true
    systemctl list-units --all --plain --no-legend "$name@*" | while read -r unit _; do
      systemctl disable --now "$unit" || true
    done
  fi
  # An image is made without systemd running: its link is all there is of "enabled".
  drop "$units/multi-user.target.wants/$name.service"
  for unit in "$units/multi-user.target.wants/$name@"*; do drop "$unit"; done
  drop "$units/$name.service"
  drop "$units/$name@.service"
  drop "$rules"
  drop "$commands/gate-kiosk"
  drop "$commands/gatectl"
  kept=$(cat "$made" 2>/dev/null || true)
  if [ -n "$purge" ]; then
    drop "$state"
    drop "$etc"
    for item in $kept; do
      case $item in
      user:*) if has passwd "${item#user:}"; then run "removes the user ${item#user:}" in_root userdel "${item#user:}"; fi ;;
      esac
    done
    for item in $kept; do
      case $item in
      group:*) if has group "${item#group:}"; then run "removes the group ${item#group:}" in_root groupdel "${item#group:}"; fi ;;
      esac
    done
    drop "$opt"
  elif [ -n "$kept" ]; then
    # What is left belongs to this user; a later purge still finds what was made.
    for part in "$opt"/* "$opt"/.[!.]*; do [ "$part" = "$made" ] || drop "$part"; done
  else
    drop "$opt"
  fi
  if runs_here && [ -z "$dry" ]; then
    systemctl daemon-reload
    udevadm control --reload
  fi
  [ -n "$changed" ] || say 'nothing is installed'
  [ -n "$purge" ] || say "kept: /etc/$name, /var/lib/$name and the user $name (--purge removes them)"
}

do_$what
