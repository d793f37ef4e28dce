-- set_limits.lua: keep or forget the overrides of a user or an account and look at it again.
-- ARGV: 1 prefix, 2 expected version of the overrides or '', 3 'user' or 'account', 4 id,
--       5 text: user 'running:starts:weight', account 'running:gap_ms'; an empty part means the default.
-- Reply: 1, or 0 when the overrides have changed since the expected version. No loop.
if ARGV[2] ~= '' and (redis.call('GET', OVERRIDES) or '0') ~= ARGV[2] then return 0 end
redis.call('INCR', OVERRIDES)
local kind, id, text = ARGV[3], ARGV[4], ARGV[5]
local overrides = prefix .. 'limit:' .. kind .. 's'
if string.find(text, '[^:]') then redis.call('HSET', overrides, id, text) else redis.call('HDEL', overrides, id) end
if kind == 'user' then
    look_again(id)
else
    local user = string.match(redis.call('HGET', ACCOUNTS, id) or '', '^%d+')
    if user then look_again(user, id) end
end
wake(1)
return 1
