module mynodeone.test/tools/httpbin

go 1.24.0

tool github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin

require github.com/mccutchen/go-httpbin/v2 v2.18.3 // indirect
