-- give_back.lua: a claim that was not used: free the slot, forget its start, put the task back where it stood.
-- ARGV: 1 prefix, 2 task, 3 claim number, 4 requeue 0|1.
-- Reply: 1 when the running entry had this number, else 0. No loop.
local task = ARGV[2]
local entry = running_entry(task)
if not entry or entry.number ~= ARGV[3] then return 0 end
free(task, entry)
give_start_back(task, entry)
-- The turn stays paid: a task that is given back again and again must not hold up the others.
if ARGV[4] == '1' then line_up(task, entry.user, entry.account, entry.platform, entry.score) end
if redis.call('EXISTS', users.ready) == 1 then wake(1) end
return 1
