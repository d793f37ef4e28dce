-- resume.lua: lift a pause and look again at whom it held back.
-- ARGV: 1 prefix, 2 expected version of the overrides or '', 3 field ('everything' or 'scope:key').
-- Reply: 1, or 0 when the overrides have changed since the expected version.
-- A platform's accounts are woken by look_again.lua, in chunks. No loop.
if ARGV[2] ~= '' and (redis.call('GET', OVERRIDES) or '0') ~= ARGV[2] then return 0 end
redis.call('INCR', OVERRIDES)
redis.call('HDEL', PAUSES, ARGV[3])
local scope, id = string.match(ARGV[3], '^(%a+):(.*)$')
if scope == 'user' then look_again(id) end
if scope == 'account' then
    local user = string.match(redis.call('HGET', ACCOUNTS, id) or '', '^%d+')
    if user then look_again(user, id) end
end
wake(MAX_WAKE)
return 1
