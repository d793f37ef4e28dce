-- turn_clock.lua: remember Redis' time and tell when it was set back.
-- ARGV: 1 prefix.
-- Reply: by how many ms it was set back since the last call (0: not by more than a second). No loop.
local CLOCK = prefix .. 'queue:clock'
local before = tonumber(redis.call('GET', CLOCK) or '') or now
redis.call('SET', CLOCK, exact(now))
return before - now > 1000 and before - now or 0
