-- user_stats.lua: how users stand.
-- ARGV: 1 prefix, 2 running per user, 3 starts per user and 60 s, 4… users (the caller sends at most 500).
-- Reply: for each user: running, cap, starts in the last 60 s, their limit, waiting, ms until a new start may go
--        (0: now), why parked (or ''). The loop is bounded by the users asked for.
local replies = {}
for index = 4, #ARGV do
    local user = ARGV[index]
    local limits = limits_of_user(user, tonumber(ARGV[2]), tonumber(ARGV[3]))
    local opens, count = window_opens(user, limits.starts)
    replies[index - 3] = { redis.call('ZCARD', user_limit(user, 'running')), limits.running, count, limits.starts,
        tonumber(redis.call('ZSCORE', WAITING, user) or '0'), opens and opens - now or 0,
        redis.call('HGET', users.why, user) or '' }
end
return replies
