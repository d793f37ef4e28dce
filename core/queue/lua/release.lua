-- release.lua: an attempt is over: free the slot and wake whoever waited for it. Its start stays counted, and the
-- gap of its account counts from now.
-- ARGV: 1 prefix, 2 task, 3 claim number.
-- Reply: 1 when the running entry had this number, else 0. No loop.
local entry = running_entry(ARGV[2])
if not entry or entry.number ~= ARGV[3] then return 0 end
end_attempt(ARGV[2], entry)
if redis.call('EXISTS', users.ready) == 1 then wake(1) end
return 1
