-- prelude.lua: what the scripts of the line share. Put before each of them at load time; no script of its own.
-- KEYS: none anywhere: names are made from the prefix and from ids met on the way (one Redis, not a cluster).
-- ARGV[1] of every script: the prefix of all keys.
-- Units: times in Unix milliseconds of Redis' clock, turns in tags (one turn of weight 1 = 1.0).
local prefix = ARGV[1]
local clock = redis.call('TIME')
local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local now = math.floor(now_us / 1000)

local WINDOW_MS = 60000
local LAST_USE_TTL_MS = 86400000
local RECHECK_MS, RECHECK_SPREAD_MS = 60000, 30000
local MAX_WAKE = 64
local FRESH = 2 ^ 52 -- Scores from here on are fresh tasks; below are resumed ones.

local EPOCH, NUMBER = prefix .. 'queue:epoch', prefix .. 'queue:number'
local WAITING, ACCOUNTS = prefix .. 'queue:waiting', prefix .. 'queue:accounts'
local RUNNING, WAKE = prefix .. 'queue:running', prefix .. 'queue:wake'
local PAUSES, OVERRIDES = prefix .. 'queue:pauses', prefix .. 'queue:overrides'
local REBUILD = prefix .. 'queue:rebuild'

-- A level is a ring of turns: of the users, or of one user's accounts.
local function level_at(base, ready)
    return { ready = ready, parked = base .. 'parked', tags = base .. 'tags', now = base .. 'now',
        why = base .. 'why', resumed = base .. 'resumed' }
end
local users = level_at(prefix .. 'queue:', prefix .. 'queue:ready')
local function accounts_of(user)
    local base = prefix .. 'queue:user:' .. user
    return level_at(base .. ':', base)
end

local function lane_of(user, account) return prefix .. 'queue:user:' .. user .. ':account:' .. account end
local function user_limit(user, name) return prefix .. 'limit:user:' .. user .. ':' .. name end
local function account_limit(account, name) return prefix .. 'limit:account:' .. account .. ':' .. name end
local function exact(number) return string.format('%.17g', number) end
local function is_id(text) return #text <= 16 and string.find(text, '^[1-9]%d*$') ~= nil end

-- Garbage may hold any bytes; a reply must be text that can be logged.
local function printable(text) return (string.gsub(string.sub(text, 1, 80), '[^%w%p ]', '?')) end

local function wake(count)
    if count < 1 then return end
    local tokens = {}
    for index = 1, math.min(count, MAX_WAKE) do tokens[index] = '1' end
    redis.call('LPUSH', WAKE, unpack(tokens))
    redis.call('LTRIM', WAKE, 0, MAX_WAKE - 1)
    redis.call('EXPIRE', WAKE, 60)
end

-- Into the ring with max(V, last finish tag): whoever was away gets no credit for it.
local function enter(level, member)
    local tag = redis.call('ZSCORE', level.ready, member)
    if not tag then
        local virtual = tonumber(redis.call('GET', level.now) or '0')
        tag = exact(math.max(virtual, tonumber(redis.call('ZSCORE', level.tags, member) or '0')))
        redis.call('ZADD', level.ready, tag, member)
    end
    redis.call('ZREM', level.parked, member)
    redis.call('HDEL', level.why, member)
    return tag
end

-- Out of the ring, remembering the tag.
local function leave(level, member)
    local tag = redis.call('ZSCORE', level.ready, member)
    if tag then
        redis.call('ZREM', level.ready, member)
        redis.call('ZADD', level.tags, tag, member)
    end
    redis.call('ZREM', level.parked, member)
    redis.call('HDEL', level.why, member)
end

local function head_is_resumed(user, account)
    local head = redis.call('ZRANGE', lane_of(user, account), 0, 0, 'WITHSCORES')
    return #head > 0 and tonumber(head[2]) < FRESH
end

-- An account enters its user's ring, and the ring of those that may go while the window is full.
local function enter_account(level, user, account)
    local tag = enter(level, account)
    if head_is_resumed(user, account) then redis.call('ZADD', level.resumed, tag, account) end
end

-- Bring the rings up to date after a lane lost a task.
local function settle(level, user, account)
    local head = redis.call('ZRANGE', lane_of(user, account), 0, 0, 'WITHSCORES')
    if #head > 0 then
        local tag = redis.call('ZSCORE', level.ready, account)
        if tag and tonumber(head[2]) < FRESH then
            redis.call('ZADD', level.resumed, tag, account)
        else
            redis.call('ZREM', level.resumed, account)
        end
        return
    end
    leave(level, account)
    redis.call('ZREM', level.resumed, account)
    redis.call('HDEL', ACCOUNTS, account)
    if redis.call('EXISTS', level.ready, level.parked) == 0 then
        leave(users, user)
        redis.call('ZREM', WAITING, user)
        redis.call('EXPIRE', level.now, 3600)
        redis.call('EXPIRE', level.tags, 3600)
    end
end

local function count_waiting(user, by)
    if tonumber(redis.call('ZINCRBY', WAITING, by, user)) <= 0 then redis.call('ZREM', WAITING, user) end
end

-- Why a member is parked: the word before the first colon, or nil.
local function reason_of(level, member)
    local why = redis.call('HGET', level.why, member)
    return why and string.match(why, '^[^:]*') or nil
end

local function is_in_ring(level, member)
    return redis.call('ZSCORE', level.ready, member) or redis.call('ZSCORE', level.parked, member)
end

-- Put a task into its lane and everybody who may go now into their rings. Returns whether it was not there.
local function line_up(task, user, account, platform, score)
    local level, lane = accounts_of(user), lane_of(user, account)
    local before = redis.call('ZSCORE', lane, task)
    if before and tonumber(before) == tonumber(score) and is_in_ring(level, account) and is_in_ring(users, user) then
        return false
    end
    redis.call('ZADD', lane, score, task)
    if not before then count_waiting(user, 1) end
    if redis.call('HSETNX', ACCOUNTS, account, user .. ':' .. platform) == 1 then
        redis.call('PERSIST', level.now)
        redis.call('PERSIST', level.tags)
    end
    local is_ready = not redis.call('ZSCORE', level.parked, account)
    if is_ready then enter_account(level, user, account) end
    local reason = reason_of(users, user)
    local is_woken = reason == 'accounts' or (reason == 'user_starts' and tonumber(score) < FRESH)
    if not reason or (is_ready and is_woken) then enter(users, user) end
    return not before
end

-- Running entries: number:claimed_ms:user:account:platform:score:last_use_before:call:state
local ENTRY = '^(%d+):(%d+):(%d+):(%d+):([^:]*):(%d+):(%d*):([^:]*):(%a+)$'
local function running_entry(task)
    local text = redis.call('HGET', RUNNING, task)
    if not text then return nil end
    local number, claimed, user, account, platform, score, before, call, state = string.match(text, ENTRY)
    if not number then return nil end
    return { text = text, number = number, claimed_ms = claimed, user = user, account = account,
        platform = platform, score = score, before = before, call = call, state = state }
end

local function hold(task, number, claimed_ms, user, account, platform, score, before, call, state)
    local text = table.concat({ exact(number), exact(claimed_ms), user, account, platform, score, before, call,
        state }, ':')
    redis.call('HSET', RUNNING, task, text)
    redis.call('ZADD', user_limit(user, 'running'), exact(claimed_ms), task)
    redis.call('ZADD', account_limit(account, 'running'), exact(claimed_ms), task)
end

-- A running entry ends: its slot wakes those who waited for it, a resumed task of a user with a full window too.
local function free(task, entry)
    redis.call('HDEL', RUNNING, task)
    redis.call('ZREM', user_limit(entry.user, 'running'), task)
    redis.call('ZREM', account_limit(entry.account, 'running'), task)
    local level = accounts_of(entry.user)
    local own = reason_of(level, entry.account)
    if own == 'account_running' or own == 'account_gap' then enter_account(level, entry.user, entry.account) end
    local reason = reason_of(users, entry.user)
    if reason == 'user_running' or (reason == 'accounts' and redis.call('EXISTS', level.ready) == 1)
        or (reason == 'user_starts' and redis.call('EXISTS', level.resumed) == 1) then
        enter(users, entry.user)
    end
end

-- The account was used until now: its gap counts from here.
local function use(account) redis.call('SET', account_limit(account, 'last'), exact(now), 'PX', LAST_USE_TTL_MS) end

-- An attempt ends. Whatever it posted, it posted before now.
local function end_attempt(task, entry)
    use(entry.account)
    free(task, entry)
end

-- A claim that was never taken gives back its start and its place in the account's gap.
local function give_start_back(task, entry)
    local starts, last = user_limit(entry.user, 'starts'), account_limit(entry.account, 'last')
    local started = tonumber(redis.call('ZSCORE', starts, task) or '')
    if started == tonumber(entry.claimed_ms) then redis.call('ZREM', starts, task) end
    if redis.call('GET', last) == entry.claimed_ms then
        redis.call('DEL', last)
        if entry.before ~= '' then redis.call('SET', last, entry.before, 'PX', LAST_USE_TTL_MS) end
    end
    local level = accounts_of(entry.user)
    if reason_of(level, entry.account) == 'account_gap' then enter_account(level, entry.user, entry.account) end
    local reason = reason_of(users, entry.user)
    if reason == 'user_starts' or (reason == 'accounts' and redis.call('EXISTS', level.ready) == 1) then
        enter(users, entry.user)
    end
end

local function limits_of_user(user, running, starts)
    local text = redis.call('HGET', prefix .. 'limit:users', user)
    local own_running, own_starts, weight = string.match(text or '', '^(%d*):(%d*):([%d.]*)$')
    return { running = tonumber(own_running or '') or running, starts = tonumber(own_starts or '') or starts,
        weight = tonumber(weight or '') or 1 }
end

-- When the window lets one more start in: nil if now. At the very end of 60 s a start still counts.
local function window_opens(user, limit)
    local starts = user_limit(user, 'starts')
    redis.call('ZREMRANGEBYSCORE', starts, '-inf', now - WINDOW_MS - 1)
    local count = redis.call('ZCARD', starts)
    if count < limit then return nil, count end
    -- A clock that was set back must not keep a window shut: those starts count as of now.
    local ahead = redis.call('ZRANGEBYSCORE', starts, '(' .. exact(now), '+inf', 'LIMIT', 0, 10000)
    for _, task in ipairs(ahead) do redis.call('ZADD', starts, exact(now), task) end
    local pivot = redis.call('ZRANGE', starts, count - limit, count - limit, 'WITHSCORES')
    return tonumber(pivot[2]) + WINDOW_MS + 1, count
end

-- nil: not paused; 0: until somebody resumes it; else the end.
local function paused_until(field)
    local text = redis.call('HGET', PAUSES, field)
    if not text then return nil end
    local ends = tonumber(text)
    if ends and (ends == 0 or ends > now) then return ends end
    redis.call('HDEL', PAUSES, field)
    return nil
end

-- Wake a parked account and its user so that they are looked at again, whatever they waited for.
local function look_again(user, account)
    local level = accounts_of(user)
    if account and redis.call('ZSCORE', level.parked, account) then enter_account(level, user, account) end
    if redis.call('ZSCORE', users.parked, user) then enter(users, user) end
end

-- Steps of a rebuild carry the token of its lock and stop when another process holds it.
local function lost_lock(token)
    if token == '' then return false end
    if redis.call('GET', REBUILD) ~= token then return true end
    redis.call('PEXPIRE', REBUILD, 30000)
    return false
end
