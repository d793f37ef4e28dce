-- reset.lua: forget a user's starts up to a moment and look at the user again.
-- ARGV: 1 prefix, 2 user, 3 the moment in ms; starts up to and with it are forgotten.
-- Reply: how many starts were forgotten. No loop.
local user, moment = ARGV[2], ARGV[3]
redis.call('SET', user_limit(user, 'reset'), moment, 'PX', WINDOW_MS * 2)
local count = redis.call('ZREMRANGEBYSCORE', user_limit(user, 'starts'), '-inf', moment)
look_again(user)
wake(1)
return count
