// Command go-httpbin is what the lab's apps are: go-httpbin with room for long waits, and one path
// of our own for bodies too big to be echoed.
package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/mccutchen/go-httpbin/v2/httpbin"
)

func main() {
	mux := http.NewServeMux()
	mux.Handle("/", httpbin.New(httpbin.WithMaxBodySize(1<<30), httpbin.WithMaxDuration(time.Hour)))
	mux.HandleFunc("PUT /sha256", digest)
	// No time-outs: whatever cuts a long request off must be on the way, where the tests look for it.
	log.Fatal(http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), mux))
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
