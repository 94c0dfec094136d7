module mynodeone.test/tools/httpbin

go 1.24.0

require github.com/mccutchen/go-httpbin/v2 v2.18.3
