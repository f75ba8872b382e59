#!/usr/bin/env bash
# Where OpenSSL 3.0 takes the distinguishing id of an SM2 signature.
#
# Guessed: EVP_DigestSignInit_ex(3) has a last argument `params` "set on the context", and `distid` is a settable parameter
#   of a signature context; so handing it over there is the same as setting it afterwards, in every 3.0.x, and a patch
#   level changes nothing of it.
# True: up to 3.0.19 that call fails (0) for this one parameter, and leaves the error queue empty, so a program can only say
#   "EVP_DigestSignInit failed"; from 3.0.20 on it works (openssl/openssl pull request 30131). What works in all of them:
#   EVP_PKEY_CTX_set1_id, or EVP_PKEY_CTX_ctrl_str with "distid", on a key context before the set-up, handed over by
#   EVP_MD_CTX_set_pkey_ctx; and EVP_PKEY_CTX_set1_id or EVP_PKEY_CTX_set_params after it. What works in none: EVP_PKEY_CTX_set_params
#   before the set-up. And with no id at all an *empty* one is signed, not the 1234567812345678 that GM/T 0009 has as its
#   default and every other product uses: such a signature is good for OpenSSL alone.
# Seen with: libssl3 3.0.17-1~deb12u2, 3.0.20-1~deb12u2 and 3.0.22-1~deb12u2 of Debian 12, amd64, output in `expected` below;
#   3.0.19-1~deb12u2, where it was installed, did as 3.0.17.
# Needs: gcc, apt with the suites bookworm, bookworm-updates, bookworm-security. Changes nothing outside a temporary folder.
set -euo pipefail

versions=(3.0.17-1~deb12u2 3.0.20-1~deb12u2 3.0.22-1~deb12u2)
expected='3.0.17 | param of init: 0, 0 errors | set1_id before: good | ctrl_str before: good | set_params before: refused | set1_id after: good | set_params after: good | none: empty id
3.0.20 | param of init: good | set1_id before: good | ctrl_str before: good | set_params before: refused | set1_id after: good | set_params after: good | none: empty id
3.0.22 | param of init: good | set1_id before: good | ctrl_str before: good | set_params before: refused | set1_id after: good | set_params after: good | none: empty id'

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get -qq download "libssl-dev=${versions[0]}" 2>/dev/null
dpkg -x ./libssl-dev_*.deb headers
for version in "${versions[@]}"; do
    apt-get -qq download "libssl3=$version" 2>/dev/null
    dpkg -x ./libssl3_"${version/:/%3a}"_*.deb "$version"
done

cat >id.c <<'END'
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>

static const char id[] = "1234567812345678", text[] = "message";
static EVP_PKEY *key;

static OSSL_PARAM *params(void) {
    static OSSL_PARAM list[2];
    list[0] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, (void *)id, 16);
    list[1] = OSSL_PARAM_construct_end();
    return list;
}

/* 1: good under that id (null: the empty one). The way that works everywhere. */
static int verified(const unsigned char *signature, size_t size, const char *under) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *with = EVP_PKEY_CTX_new(key, NULL);
    if (under) EVP_PKEY_CTX_set1_id(with, under, 16);
    EVP_MD_CTX_set_pkey_ctx(context, with);
    int good = EVP_DigestVerifyInit_ex(context, NULL, "SM3", NULL, NULL, key, NULL) == 1 &&
               EVP_DigestVerify(context, signature, size, (const unsigned char *)text, 7) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(with);
    return good;
}

enum way { param_of_init, set1_id_before, ctrl_str_before, set_params_before, set1_id_after, set_params_after, none };

static void attempt(enum way way, const char *name) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *before = EVP_PKEY_CTX_new(key, NULL), *after = NULL;
    int set = way == set1_id_before    ? EVP_PKEY_CTX_set1_id(before, id, 16)
              : way == ctrl_str_before ? EVP_PKEY_CTX_ctrl_str(before, "distid", id)
              : way == set_params_before ? EVP_PKEY_CTX_set_params(before, params())
                                         : 1;
    printf(" | %s: ", name);
    if (set != 1) {
        printf("refused");
    } else {
        ERR_clear_error();
        if (way == set1_id_before || way == ctrl_str_before) EVP_MD_CTX_set_pkey_ctx(context, before);
        int init = EVP_DigestSignInit_ex(context, way == set1_id_after || way == set_params_after ? &after : NULL, "SM3",
                                         NULL, NULL, key, way == param_of_init ? params() : NULL);
        unsigned char signature[80];
        size_t size = sizeof signature;
        if (init != 1) {
            int errors = 0;
            while (ERR_get_error()) ++errors;
            printf("%d, %d errors", init, errors);
        } else if ((way == set1_id_after && EVP_PKEY_CTX_set1_id(after, id, 16) != 1) ||
                   (way == set_params_after && EVP_PKEY_CTX_set_params(after, params()) != 1)) {
            printf("refused");
        } else if (EVP_DigestSign(context, signature, &size, (const unsigned char *)text, 7) != 1) {
            printf("does not sign");
        } else {
            printf("%s", verified(signature, size, id) ? "good" : verified(signature, size, NULL) ? "empty id" : "bad");
        }
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(before);
}

int main(void) {
    key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    printf("%s", OpenSSL_version(OPENSSL_VERSION_STRING));
    attempt(param_of_init, "param of init");
    attempt(set1_id_before, "set1_id before");
    attempt(ctrl_str_before, "ctrl_str before");
    attempt(set_params_before, "set_params before");
    attempt(set1_id_after, "set1_id after");
    attempt(set_params_after, "set_params after");
    attempt(none, "none");
    printf("\n");
    return 0;
}
END
gcc -Iheaders/usr/include -Iheaders/usr/include/"$(gcc -print-multiarch)" id.c -o id \
    "${versions[0]}/usr/lib/$(gcc -print-multiarch)/libcrypto.so.3"

seen="$(for version in "${versions[@]}"; do LD_LIBRARY_PATH="$folder/$version/usr/lib/$(gcc -print-multiarch)" ./id; done)"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this is no longer what was seen" >&2; exit 1; }
