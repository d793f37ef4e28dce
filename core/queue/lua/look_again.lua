-- look_again.lua: wake parked accounts and their users, whatever they wait for; the next claims look at them.
-- ARGV: 1 prefix, then for each: user, account (or '' for the user alone).
-- Reply: 1. Loop: once per pair, the caller sends at most 500.
for index = 2, #ARGV, 2 do
    look_again(ARGV[index], ARGV[index + 1] ~= '' and ARGV[index + 1] or nil)
end
wake(MAX_WAKE)
return 1
