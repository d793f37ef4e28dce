-- clear.lua: first step of a rebuild: delete what is left of the line.
-- ARGV: 1 prefix, 2 token of the rebuild's lock, then the keys.
-- Reply: how many were deleted; -1 when the rebuild has lost its lock. The caller sends at most 500. No loop.
if lost_lock(ARGV[2]) then return -1 end
if #ARGV < 3 then return 0 end
return redis.call('UNLINK', unpack(ARGV, 3))
