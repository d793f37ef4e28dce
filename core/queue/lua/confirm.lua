-- confirm.lua: is this claim still in force? Asked after the row was taken: the reconcile may have given it back.
-- ARGV: 1 prefix, 2 task, 3 claim number.
-- Reply: 1 when the running entry has this number (it is marked as taken), else 0. No loop.
local task = ARGV[2]
local entry = running_entry(task)
if not entry or entry.number ~= ARGV[3] then return 0 end
redis.call('HSET', RUNNING, task, (string.gsub(entry.text, ':%a+$', ':taken')))
return 1
