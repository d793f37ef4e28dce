-- claim.lua: give the next turn, inside every limit, in one atomic call.
-- ARGV: 1 prefix, 2 call id, 3 running per user, 4 starts per user and 60 s, 5 running per account,
--       6 gap of an account in ms: it is quiet for so long between two attempts.
-- Reply: first the lanes' garbage that was dropped (a list of 'lane member' texts), then one of
--   'rebuild'                                                     the epoch is missing
--   'again'                                                       64 looks were not enough: call again
--   'wait', ms                                                    nothing may go; -1: nothing is due by itself
--   'claim', task, user, account, number, claimed_ms, fresh 0|1   the turn
-- Loops: at most 100 parked members move per ring, at most 64 users, accounts and members are looked at.
local call = ARGV[2]
local default_running, default_starts = tonumber(ARGV[3]), tonumber(ARGV[4])
local default_account_running, default_gap_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
local MAX_LOOKS, MAX_DUE = 64, 100
local looks, dropped = 0, {}

if redis.call('EXISTS', EPOCH) == 0 then return { dropped, 'rebuild' } end
local has_pauses = redis.call('EXISTS', PAUSES) == 1

local function drop(where, member) dropped[#dropped + 1] = where .. ' ' .. printable(member) end

-- A timed reason is looked at when it ends. The others are woken by what ends them; the recheck is a net under
-- that, spread out so that thousands do not fall due at once.
local function park(level, member, reason, ends)
    local due = now + RECHECK_MS + tonumber(member) * 7919 % RECHECK_SPREAD_MS
    if ends and ends > 0 and ends < due then due = ends end
    leave(level, member)
    redis.call('ZADD', level.parked, exact(due), member)
    redis.call('HSET', level.why, member, reason .. ':' .. exact(ends or 0))
end

local function user_block(user, limits)
    local ends = has_pauses and paused_until('user:' .. user)
    if ends then return 'user_paused', ends end
    if redis.call('ZCARD', user_limit(user, 'running')) >= limits.running then return 'user_running' end
end

local function account_limits(account)
    local text = redis.call('HGET', prefix .. 'limit:accounts', account)
    local running, gap_ms = string.match(text or '', '^(%d*):(%d*)$')
    return tonumber(running or '') or default_account_running, tonumber(gap_ms or '') or default_gap_ms
end

local function account_block(account, platform)
    local ends = has_pauses and paused_until('account:' .. account)
    if ends then return 'account_paused', ends end
    ends = has_pauses and paused_until('platform:' .. platform)
    if ends then return 'platform_paused', ends end
    local max_running, gap_ms = account_limits(account)
    local running = redis.call('ZCARD', account_limit(account, 'running'))
    if running >= max_running then return 'account_running' end
    if gap_ms > 0 then
        -- An attempt posts at any moment between its claim and its end: two posts are a gap apart for certain only
        -- if their attempts are.
        if running > 0 then return 'account_gap' end
        -- After a clock that was set back the last use counts as of now: late by at most one gap.
        local last = tonumber(redis.call('GET', account_limit(account, 'last')) or '')
        if last and math.min(last, now) + gap_ms > now then return 'account_gap', math.min(last, now) + gap_ms end
    end
end

-- The first member of a lane that is a task. Drops what is not, and ids that are running already.
local function first_task(user, account)
    local lane = lane_of(user, account)
    while looks < MAX_LOOKS do
        local head = redis.call('ZRANGE', lane, 0, 0, 'WITHSCORES')
        if #head == 0 then return nil end
        local score = tonumber(head[2])
        local is_task = is_id(head[1]) and score >= 0 and score < 2 * FRESH and score % 1 == 0
        if is_task and redis.call('HEXISTS', RUNNING, head[1]) == 0 then return head[1], score end
        looks = looks + 1
        redis.call('ZREM', lane, head[1])
        if is_task then count_waiting(user, -1) else drop(lane, head[1]) end
    end
end

local function prune(level, virtual)
    local passed = redis.call('ZRANGEBYSCORE', level.tags, '-inf', exact(virtual), 'LIMIT', 0, MAX_DUE)
    if #passed > 0 then redis.call('ZREM', level.tags, unpack(passed)) end
end

-- A turn was used: V is its start tag, the next one starts at its finish tag.
local function charge(level, member, cost)
    local tag = tonumber(redis.call('ZSCORE', level.ready, member) or '0')
    local virtual = math.max(tonumber(redis.call('GET', level.now) or '0'), tag)
    redis.call('SET', level.now, exact(virtual))
    redis.call('ZADD', level.ready, exact(tag + cost), member)
    prune(level, virtual)
end

local function take(level, user, account, platform, task, score, limits)
    local number = math.max(tonumber(redis.call('GET', NUMBER) or '0') + 1, now_us)
    redis.call('SET', NUMBER, exact(number))
    redis.call('ZREM', lane_of(user, account), task)
    count_waiting(user, -1)
    local is_fresh = score >= FRESH
    local before = redis.call('GET', account_limit(account, 'last'))
    hold(task, number, now, user, account, platform, exact(score), before or '', call, 'claimed')
    use(account)
    if is_fresh then
        local starts = user_limit(user, 'starts')
        redis.call('ZADD', starts, exact(now), task)
        redis.call('PEXPIRE', starts, WINDOW_MS * 2)
    end
    charge(level, account, 1)
    charge(users, user, 1 / limits.weight)
    settle(level, user, account)
    return { dropped, 'claim', task, user, account, exact(number), exact(now), is_fresh and 1 or 0 }
end

-- One account of a user: its turn, or nil after it was parked, dropped or found empty.
local function look_at_account(level, user, account, limits, is_full)
    local owner, platform = string.match(redis.call('HGET', ACCOUNTS, account) or '', '^(%d+):([^:]*)$')
    if not is_id(account) or owner ~= user then
        drop(level.ready, account)
        redis.call('ZREM', level.ready, account)
        redis.call('ZREM', level.resumed, account)
        return nil
    end
    local reason, ends = account_block(account, platform)
    if reason then
        park(level, account, reason, ends)
        redis.call('ZREM', level.resumed, account)
        return nil
    end
    local task, score = first_task(user, account)
    if task and not (is_full and score >= FRESH) then
        return take(level, user, account, platform, task, score, limits)
    end
    settle(level, user, account)
end

-- None of the user's accounts may go: the user waits for the first of them, or for the window.
local function park_user(level, user, window_ends)
    local first = redis.call('ZRANGE', level.parked, 0, 0, 'WITHSCORES')
    local due = first[2] and tonumber(first[2])
    if window_ends and redis.call('EXISTS', level.ready) == 1 then
        park(users, user, 'user_starts', window_ends)
        if due and due < window_ends then redis.call('ZADD', users.parked, exact(due), user) end
    elseif due then
        park(users, user, 'accounts', due)
        redis.call('HSET', users.why, user, 'accounts:' .. (redis.call('HGET', level.why, first[1]) or ''))
    else
        leave(users, user)
        redis.call('ZREM', WAITING, user)
    end
end

local function look_at_user(user)
    if not is_id(user) then
        drop(users.ready, user)
        redis.call('ZREM', users.ready, user)
        return nil
    end
    local limits = limits_of_user(user, default_running, default_starts)
    local reason, ends = user_block(user, limits)
    if reason then
        park(users, user, reason, ends)
        return nil
    end
    local level = accounts_of(user)
    for _, account in ipairs(redis.call('ZRANGEBYSCORE', level.parked, '-inf', now, 'LIMIT', 0, MAX_DUE)) do
        enter_account(level, user, account)
    end
    local window_ends = window_opens(user, limits.starts)
    while looks < MAX_LOOKS do
        local ring = window_ends and level.resumed or level.ready
        local account = redis.call('ZRANGE', ring, 0, 0)[1]
        if not account then return park_user(level, user, window_ends) end
        looks = looks + 1
        local claim = look_at_account(level, user, account, limits, window_ends)
        if claim then return claim end
    end
end

local everything = has_pauses and paused_until('everything')
if everything then return { dropped, 'wait', everything == 0 and -1 or everything - now } end
for _, user in ipairs(redis.call('ZRANGEBYSCORE', users.parked, '-inf', now, 'LIMIT', 0, MAX_DUE)) do
    enter(users, user)
end
while looks < MAX_LOOKS do
    local user = redis.call('ZRANGE', users.ready, 0, 0)[1]
    if not user then
        local first = redis.call('ZRANGE', users.parked, 0, 0, 'WITHSCORES')
        return { dropped, 'wait', first[2] and math.max(tonumber(first[2]) - now, 0) or -1 }
    end
    looks = looks + 1
    local claim = look_at_user(user)
    if claim then return claim end
end
return { dropped, 'again' }
