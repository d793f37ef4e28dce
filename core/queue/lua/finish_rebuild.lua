-- finish_rebuild.lua: last step of a rebuild: the line is whole, claims may go on.
-- ARGV: 1 prefix, 2 token of the rebuild's lock, which becomes the epoch.
-- Reply: 1, or -1 when the rebuild has lost its lock. No loop.
if lost_lock(ARGV[2]) then return -1 end
redis.call('SET', EPOCH, ARGV[2])
redis.call('DEL', REBUILD)
wake(MAX_WAKE)
return 1
