-- user_stats.lua: how a user stands.
-- ARGV: 1 prefix, 2 user, 3 running per user, 4 starts per user and 60 s.
-- Reply: running, cap, starts in the last 60 s, their limit, waiting, ms until a new start may go (0: now),
--        why parked (or ''). No loop.
local user = ARGV[2]
local limits = limits_of_user(user, tonumber(ARGV[3]), tonumber(ARGV[4]))
local opens, count = window_opens(user, limits.starts)
return { redis.call('ZCARD', user_limit(user, 'running')), limits.running, count, limits.starts,
    tonumber(redis.call('ZSCORE', WAITING, user) or '0'), opens and opens - now or 0,
    redis.call('HGET', users.why, user) or '' }
