-- pause.lua: hold back everything, a platform, a user or an account. The longer of two pauses counts.
-- ARGV: 1 prefix, 2 expected version of the overrides or '', 3 field ('everything' or 'scope:key'),
--       4 end in ms, or 0: until somebody resumes it.
-- Reply: 1, or 0 when the overrides have changed since the expected version. No loop.
if ARGV[2] ~= '' and (redis.call('GET', OVERRIDES) or '0') ~= ARGV[2] then return 0 end
redis.call('INCR', OVERRIDES)
local before, ends = paused_until(ARGV[3]), tonumber(ARGV[4])
if before ~= 0 and (ends == 0 or ends > (before or 0)) then redis.call('HSET', PAUSES, ARGV[3], exact(ends)) end
return 1
