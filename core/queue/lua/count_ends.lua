-- count_ends.lua: enter the ends of attempts that the database knows of into the gaps of their accounts.
-- ARGV: 1 prefix, 2 token of the rebuild's lock, then for each account: id, how many ms ago its last attempt ended.
-- Reply: how many gaps begin later than they did; -1 when the rebuild has lost its lock.
-- Loop: once per account, the caller sends at most 500.
if lost_lock(ARGV[2]) then return -1 end
local count = 0
for index = 3, #ARGV, 2 do
    local last = account_limit(ARGV[index], 'last')
    local ended = now - math.max(tonumber(ARGV[index + 1]), 0)
    if ended > tonumber(redis.call('GET', last) or '0') then
        redis.call('SET', last, exact(ended), 'PX', LAST_USE_TTL_MS)
        count = count + 1
    end
end
return count
