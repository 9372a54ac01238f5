package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// admitted tells whether a request carries the password, whoever it says that it is from.
func admitted(r *http.Request, password string) bool {
	_, given, ok := r.BasicAuth()
	// Of digests, so that not even the length shows in the time that it takes.
	one, other := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(password))
	return ok && subtle.ConstantTimeCompare(one[:], other[:]) == 1
}

// ask answers a request that has no or a wrong password.
func ask(w http.ResponseWriter, realm string) {
	w.Header().Set("WWW-Authenticate", `Basic realm="`+realm+`", charset="UTF-8"`)
	http.Error(w, "a password is needed", http.StatusUnauthorized)
}
