-- ahead.lua: estimate how many tasks start before this one.
-- ARGV: 1 prefix, 2 task, 3 user, 4 account.
-- Reply: places, or -1 when it is not in line.
-- Loops: at most 100 of the user's accounts and 1000 users with few tasks; beyond that it is scaled up.
local task, user, account = ARGV[2], ARGV[3], ARGV[4]
local MAX_ACCOUNTS, MAX_USERS = 100, 1000
local rank = redis.call('ZRANK', lane_of(user, account), task)
if not rank then return -1 end
local own, level = rank, accounts_of(user)
for _, ring in ipairs({ level.ready, level.parked }) do
    for _, other in ipairs(redis.call('ZRANGE', ring, 0, MAX_ACCOUNTS - 1)) do
        if other ~= account then own = own + math.min(redis.call('ZCARD', lane_of(user, other)), rank) end
    end
end
-- Round by round each user starts one: of everybody else at most as many go first as of one's own.
local many = redis.call('ZCOUNT', WAITING, exact(own + 1), '+inf')
local few = redis.call('ZCOUNT', WAITING, '-inf', '(' .. exact(own + 1))
local seen, sum = 0, 0
local sample = redis.call('ZRANGEBYSCORE', WAITING, '-inf', '(' .. exact(own + 1), 'WITHSCORES', 'LIMIT', 0, MAX_USERS)
for index = 2, #sample, 2 do
    seen, sum = seen + 1, sum + tonumber(sample[index])
end
local of_few = seen > 0 and sum * few / seen or 0
return math.floor(own + math.max(many - 1, 0) * own + of_few)
