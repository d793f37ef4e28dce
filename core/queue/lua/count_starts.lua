-- count_starts.lua: enter starts that the database knows of into the windows.
-- ARGV: 1 prefix, 2 token of the rebuild's lock or '', then for each start: task, user, time in ms.
-- Reply: how many now count that did not; -1 when the rebuild has lost its lock.
-- Loop: once per start, the caller sends at most 500.
if lost_lock(ARGV[2]) then return -1 end
local count = 0
for index = 3, #ARGV, 3 do
    local task, user = ARGV[index], ARGV[index + 1]
    local started = math.min(tonumber(ARGV[index + 2]), now)
    local reset = tonumber(redis.call('GET', user_limit(user, 'reset')) or '0')
    if started > reset and started >= now - WINDOW_MS then
        count = count + redis.call('ZADD', user_limit(user, 'starts'), 'NX', exact(started), task)
        redis.call('PEXPIRE', user_limit(user, 'starts'), WINDOW_MS * 2)
    end
end
return count
