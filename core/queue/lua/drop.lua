-- drop.lua: remove a running entry whose row is not running, if it is still the one the reconcile looked at.
-- ARGV: 1 prefix, 2 task, 3 the entry's whole text as it was read, 4 give its start back 0|1.
-- Reply: 1 when dropped, else 0. No loop.
local task = ARGV[2]
local text = redis.call('HGET', RUNNING, task)
if not text or text ~= ARGV[3] then return 0 end
local entry = running_entry(task)
if not entry then
    redis.call('HDEL', RUNNING, task)
    return 1
end
if ARGV[4] == '1' then
    free(task, entry)
    give_start_back(task, entry)
else
    end_attempt(task, entry)
end
if redis.call('EXISTS', users.ready) == 1 then wake(1) end
return 1
