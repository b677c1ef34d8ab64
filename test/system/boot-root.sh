#!/bin/sh
# Boots a root file system's own systemd in namespaces of its own, runs one script in it, and ends all.
#   unshare --pid --fork --kill-child --mount --uts --ipc --cgroup --net sh boot-root.sh ROOT SCRIPT
# SCRIPT runs in ROOT as root once systemd answers; what it prints is in ROOT/root/said, its exit code in
# ROOT/root/code. /sys and /proc/sys are read-only: nothing of this machine is set. Needs a terminal.
set -eu
root=$1
script=$2
# Outside of a namespace the last line would switch this machine off.
[ $$ -eq 1 ] || {
  echo 'boot-root: not in a process namespace of its own' >&2
  exit 2
}
console=$(tty)
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t tmpfs tmpfs "$root/run"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
touch "$root/dev/console"
mount --bind "$console" "$root/dev/console"
cp "$script" "$root/root/script"
(
  until chroot "$root" systemctl is-system-running --wait >/dev/null 2>&1; do
    [ -e "$root/run/systemd/private" ] || sleep 1
    case $(chroot "$root" systemctl is-system-running 2>/dev/null) in degraded) break ;; esac
  done
  code=0
  chroot "$root" env -i HOME=/root PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin sh /root/script >"$root/root/said" 2>&1 || code=$?
  echo "$code" >"$root/root/code"
  # reboot(2) within a process namespace ends its process 1, and with it all others.
  # Without a sync: that would wait for every disk of this machine.
  ln -s /usr/bin/systemctl "$root/run/poweroff"
  chroot "$root" /run/poweroff -f -f -n
) &
exec chroot "$root" env -i container=chroot PATH=/usr/local/bin:/usr/bin:/usr/sbin /lib/systemd/systemd \
  --system --unit=basic.target
