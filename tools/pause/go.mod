module mynodeone.test/tools/pause

go 1.24
