#!/bin/sh
# The first process of the virtual board. Its root is the host's, which it cannot write; the folders
# that a test names are the host's too, and it can. Runs the test's command: what that prints goes to
# the first serial line, its exit code at last to the second, and all else to the console.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /run
for word in $(cat /proc/cmdline); do
  case $word in board=*) control=${word#board=} ;; esac
done
while read -r folder; do
  mount -t hostfs -o "$folder" none "$folder"
done <"$control/folders"
stty -F /dev/ttyS0 raw -echo
stty -F /dev/ttyS1 raw -echo
/bin/sh "$control/command" </dev/null >/dev/ttyS0
code=$?
sync
echo "$code" >/dev/ttyS1
# The host cuts the power when it has read that.
while :; do sleep 1000; done
