module endpoints-webhook/drain

go 1.22
