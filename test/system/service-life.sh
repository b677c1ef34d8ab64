# The life of an installed service under a real systemd; run inside by boot-root.sh. Ends at the first
# line that does not hold.
set -eu
config=/etc/gate-kiosk/kiosk.json
say() { echo "== $1"; }
value() { systemctl show gate-kiosk -p "$1" --value; }
# Waits up to $1 seconds until the rest holds.
within() {
  left=$1
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || {
      echo "not within the time: $*"
      systemctl status gate-kiosk --no-pager || true
      exit 1
    }
    sleep 1
  done
}
restarted() { [ "$(value NRestarts)" = "$1" ] && [ "$(value ActiveState)" = active ]; }
status() { value StatusText | grep -q "$1"; }
run_as_gate() { runuser -u gate-kiosk -- "$@"; }

say 'keys and configuration'
cd /var/lib/gate-kiosk/keys
umask 077
gatectl keys new --out office.json
gatectl keys trust --list trust.json --name office --key office.json --kinds residence-pass
gatectl keys pepper --out pepper
rm office.json
chown gate-kiosk:gate-kiosk trust.json pepper
umask 022
cd /
install -m 640 -g gate-kiosk /opt/gate-kiosk/dist/config/kiosk.example.json $config
mkdir -p /run/systemd/timesync
touch /run/systemd/timesync/synchronized

say 'the doctor as the service: devices are not there, the rest is sound'
run_as_gate gate-kiosk doctor --config $config >/tmp/doctor || [ $? -eq 1 ]
cat /tmp/doctor
[ "$(grep -c FAILED /tmp/doctor)" -eq 3 ]

say 'a start ends with READY, as the user, in the sandbox'
systemctl start gate-kiosk
[ "$(value ActiveState)" = active ]
pid=$(value MainPID)
[ "$(stat -c %U "/proc/$pid")" = gate-kiosk ]
grep -q '^NoNewPrivs:.1' "/proc/$pid/status"
grep -q '^Seccomp:.2' "/proc/$pid/status"
grep -q '^CapBnd:.0*$' "/proc/$pid/status"
[ "$(stat -c '%a %U' /var/lib/gate-kiosk/journal.db)" = '600 gate-kiosk' ]
within 15 status 'scanner lost'

say 'the doctor beside it'
run_as_gate gate-kiosk doctor --config $config >/tmp/doctor || [ $? -eq 1 ]
grep -q '^journal .*in use by the gate' /tmp/doctor

say 'the watchdog is fed'
sleep 12
restarted 0

say 'a gate that stands still is ended by the watchdog, and started'
kill -STOP "$(value MainPID)"
within 30 restarted 1
say 'a gate that is killed is started'
within 10 status 'not ready'
kill -KILL "$(value MainPID)"
within 10 restarted 2
within 10 status 'not ready'
say 'the third bad end in ten minutes is out of service, and lives'
kill -SEGV "$(value MainPID)"
within 10 restarted 3
within 10 status 'out of service'
journalctl -u gate-kiosk --no-pager | grep -q '"alarm":"out-of-service"'
say 'a person starts it anew'
systemctl restart gate-kiosk
within 15 status 'scanner lost'

say 'a wrong configuration is not tried again'
echo '{}' >$config
systemctl restart gate-kiosk || true
sleep 3
[ "$(value ActiveState)" = failed ]
[ "$(value ExecMainStatus)" = 2 ]
say 'done'
