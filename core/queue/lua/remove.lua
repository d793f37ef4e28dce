-- remove.lua: take a task out of its lane: cancelled, or edited while waiting. A running one is not touched.
-- ARGV: 1 prefix, 2 task, 3 user, 4 account.
-- Reply: 1 when it was in line, else 0. No loop.
local task, user, account = ARGV[2], ARGV[3], ARGV[4]
if redis.call('ZREM', lane_of(user, account), task) == 0 then return 0 end
count_waiting(user, -1)
settle(accounts_of(user), user, account)
return 1
