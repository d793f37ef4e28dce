-- adopt.lua: enter tasks that the database says are running and that have no running entry.
-- ARGV: 1 prefix, 2 token of the rebuild's lock or '', then for each task: id, user, account.
-- Reply: how many were entered; -1 when the rebuild has lost its lock.
-- Loop: once per task, the caller sends at most 500.
-- The claim number is 0, which no claim has: their slots are freed by the reconcile, and the gap of their account
-- counts from then.
if lost_lock(ARGV[2]) then return -1 end
local count = 0
for index = 3, #ARGV, 3 do
    local task, user, account = ARGV[index], ARGV[index + 1], ARGV[index + 2]
    if redis.call('HEXISTS', RUNNING, task) == 0 then
        hold(task, 0, now, user, account, '', '0', '', '', 'adopted')
        use(account)
        count = count + 1
    end
end
return count
