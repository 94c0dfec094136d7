// Command go-httpbin is what the lab's apps are: go-httpbin with room for long waits, and two paths
// of our own: one for bodies too big to be echoed, and the app's health path.
package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/mccutchen/go-httpbin/v2/httpbin"
)

func main() {
	mux := http.NewServeMux()
	mux.Handle("/", httpbin.New(
		httpbin.WithMaxBodySize(1<<30), httpbin.WithMaxDuration(time.Hour), httpbin.WithEnv(publicEnv())))
	mux.HandleFunc("PUT /sha256", digest)
	// What go-httpbin does not know it answers with 404: another app's health path, too.
	if path := os.Getenv("HEALTH_PATH"); path != "" {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "well") })
	}
	// No time-outs: whatever cuts a long request off must be on the way, where the tests look for it.
	log.Fatal(http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), mux))
}

// publicEnv is what /env tells, as upstream's own command has it.
func publicEnv() map[string]string {
	env := map[string]string{}
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "HTTPBIN_ENV_") {
			env[name] = value
		}
	}
	return env
}

// digest answers with a body's length and SHA-256, however long it is and takes.
func digest(w http.ResponseWriter, r *http.Request) {
	hash := sha256.New()
	size, err := io.Copy(hash, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%d %x\n", size, hash.Sum(nil))
}
