-- push.lua: put tasks in line. Twice is once; a task in line takes the new score; a running one is refused.
-- ARGV: 1 prefix, 2 token of the rebuild's lock or '', then for each task: id, user, account, platform, score.
-- Score: (0 resumed | 1 fresh) * 2^52 + (9 - priority) * 2^48 + id; the lowest goes first.
-- Reply: how many were not in line before; -1 when the rebuild has lost its lock.
-- Loop: once per task, the caller sends at most 500.
if lost_lock(ARGV[2]) then return -1 end
local count = 0
for index = 3, #ARGV, 5 do
    local task = ARGV[index]
    if redis.call('HEXISTS', RUNNING, task) == 0
        and line_up(task, ARGV[index + 1], ARGV[index + 2], ARGV[index + 3], ARGV[index + 4]) then
        count = count + 1
    end
end
wake(count)
return count
