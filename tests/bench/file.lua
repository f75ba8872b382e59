-- Files commitments with wrk, and prints one JSON object: requests, refused, milliseconds, p50_us, p99_us.
-- Arguments: the file with one JSON body a line, and what makes the Idempotency-Keys of this run its own.

local bodies = {}
local head, filed = nil, 0

function init(args)
   for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
   head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"]
      .. "\r\nAuthorization: " .. wrk.headers["Authorization"]
      .. "\r\nContent-Type: application/json\r\nIdempotency-Key: " .. args[2] .. "-"
end

function request()
   local body = bodies[filed % #bodies + 1]
   filed = filed + 1
   return head .. filed .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
   local wrong = summary.errors
   io.write(string.format('\n{"requests": %d, "refused": %d, "milliseconds": %d, "p50_us": %d, "p99_us": %d}\n',
      summary.requests - wrong.status, wrong.status + wrong.connect + wrong.read + wrong.write + wrong.timeout,
      summary.duration / 1000, latency:percentile(50), latency:percentile(99)))
end
