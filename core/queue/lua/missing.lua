-- missing.lua: which of these tasks are neither in line, in the place where they belong, nor running?
-- ARGV: 1 prefix, then for each task: id, user, account, score.
-- Reply: the positions of the missing, from 0. Loop: once per task, the caller sends at most 500.
local positions = {}
for index = 2, #ARGV, 4 do
    local task, user, account = ARGV[index], ARGV[index + 1], ARGV[index + 2]
    local level = accounts_of(user)
    local score = redis.call('ZSCORE', lane_of(user, account), task)
    -- A lane nobody would look at is as good as none.
    local is_in_line = score and tonumber(score) == tonumber(ARGV[index + 3])
        and is_in_ring(level, account) and is_in_ring(users, user)
    if not is_in_line and redis.call('HEXISTS', RUNNING, task) == 0 then
        positions[#positions + 1] = (index - 2) / 4
    end
end
return positions
