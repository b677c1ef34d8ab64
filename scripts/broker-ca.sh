#!/bin/sh
# Certificates for a site's broker, gates, collectors and admins: an authority of the site's own.
#   broker-ca.sh authority FOLDER              makes FOLDER/ca.pem and ca.key, once
#   broker-ca.sh broker FOLDER HOST[,HOST…]    FOLDER/broker.pem and broker.key, for these hosts or addresses
#   broker-ca.sh client FOLDER NAME            FOLDER/NAME.pem and NAME.key; NAME is the kiosk's id,
#                                              collector-… or admin-…
# Keys stay where they are made, mode 0600; ca.key belongs on no board and no broker.
set -eu
umask 077

usage() {
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
fail() {
  echo "broker-ca: $1" >&2
  exit 1
}
missing() {
  [ ! -e "$1" ] || fail "$1 exists and is not overwritten"
}

[ $# -ge 2 ] || usage
command -v openssl >/dev/null || fail 'openssl is missing: apt-get install openssl'
what=$1
folder=$2
authority_days=3650
client_days=730

sign() { # name, extensions
  missing "$folder/$1.key"
  [ -e "$folder/ca.key" ] || fail "no authority in $folder: run '$0 authority $folder' first"
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$folder/$1.key" 2>/dev/null ||
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$folder/$1.key" 2>/dev/null
  openssl req -new -key "$folder/$1.key" -subj "/CN=$1" -out "$folder/$1.csr"
  printf '%b' "$2" >"$folder/$1.ext"
  openssl x509 -req -in "$folder/$1.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
    -set_serial "0x$(openssl rand -hex 16)" -days "$client_days" -sha256 \
    -extfile "$folder/$1.ext" -out "$folder/$1.pem" 2>/dev/null
  rm -f "$folder/$1.csr" "$folder/$1.ext"
  chmod 644 "$folder/$1.pem"
  echo "$folder/$1.pem"
}

case $what in
authority)
  [ $# -eq 2 ] || usage
  mkdir -p "$folder"
  missing "$folder/ca.key"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 \
    -days "$authority_days" -subj '/CN=gate-kiosk site authority' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
  chmod 644 "$folder/ca.pem"
  echo "$folder/ca.pem"
  ;;
broker)
  [ $# -eq 3 ] || usage
  names=
  for host in $(echo "$3" | tr ',' ' '); do
    case $host in
    *[!0-9.]*) case $host in *:*) kind=IP ;; *) kind=DNS ;; esac ;;
    *) kind=IP ;;
    esac
    names="$names${names:+,}$kind:$host"
  done
  sign broker "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=$names\n"
  ;;
client)
  [ $# -eq 3 ] || usage
  case $3 in
  '' | -* | *[!a-z0-9-]*) fail "a name is 1-32 of a-z, 0-9 and -, not beginning with -: $3" ;;
  esac
  [ "${#3}" -le 32 ] || fail "a name has at most 32 characters: $3"
  sign "$3" 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n'
  ;;
*) usage ;;
esac
