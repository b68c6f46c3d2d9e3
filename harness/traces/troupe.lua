-- Wireshark's dissector of paired messages, and of the calls in them: plain datagrams, and those sealed by a key.
--
--     wireshark -X lua_script:troupe.lua capture.pcapng
--
-- It recognises them on any port by their header, bundles of them too; see protocols/wire/segment.ts, call.ts and
-- value.ts, udp/authentication.ts and udp/outbox.ts. Filters: troupe.type == 0, troupe.thread == "769.1.1", troupe.path, troupe.call, ...

local troupe = Proto("troupe", "Troupe paired messages")

local types = { [0] = "CALL", [1] = "RETURN" }
local statuses = { [0] = "result", [1] = "raised", [2] = "refused", [3] = "declared error" }
local of_process = { [0] = "inquiry", [1] = "ready_to_commit", [2] = "settle" }
local votes = { [0] = "commit", [1] = "abort", [2] = "gone", [3] = "unsure" }

local f = troupe.fields
f.type = ProtoField.uint8("troupe.type", "Type", base.DEC, types, 0x01)
f.please_ack = ProtoField.bool("troupe.please_ack", "Please ACK", 8, nil, 0x02)
f.ack = ProtoField.bool("troupe.ack", "ACK", 8, nil, 0x04)
f.held = ProtoField.bool("troupe.held", "Held", 8, nil, 0x08)
f.total = ProtoField.uint16("troupe.total", "Total segments")
f.segment = ProtoField.uint16("troupe.segment", "Segment")
f.call = ProtoField.uint32("troupe.call", "Call number")
f.sender = ProtoField.uint32("troupe.sender", "Incarnation of the sender")
f.receiver = ProtoField.uint32("troupe.receiver", "Incarnation of the receiver (0: any)")
f.oldest = ProtoField.uint32("troupe.oldest", "Oldest open call of the sender")
f.data = ProtoField.bytes("troupe.data", "Part of a message")
f.thread = ProtoField.string("troupe.thread", "Thread")
f.path = ProtoField.string("troupe.path", "Path")
f.first = ProtoField.string("troupe.first", "Call number of the first attempt")
f.client_troupe = ProtoField.string("troupe.client_troupe", "Client troupe")
f.server_troupe = ProtoField.string("troupe.server_troupe", "Server troupe")
f.module = ProtoField.string("troupe.module", "Module")
f.procedure = ProtoField.string("troupe.procedure", "Procedure")
f.clock = ProtoField.double("troupe.clock", "Clock of the thread (ms)")
f.arguments = ProtoField.string("troupe.arguments", "Arguments")
f.status = ProtoField.uint8("troupe.status", "Status", base.DEC, statuses, 0x3f)
f.provisional = ProtoField.bool("troupe.provisional", "Void if the transaction is undone", 8, nil, 0x80)
f.result = ProtoField.string("troupe.result", "Result")
f.request = ProtoField.framenum("troupe.request", "CALL in frame", base.NONE, frametype.REQUEST)
f.sealed = ProtoField.bytes("troupe.sealed", "Seal")
local malformed = ProtoExpert.new("troupe.malformed", "Malformed body", expert.group.MALFORMED, expert.severity.WARN)
troupe.experts = { malformed }

local header = 20
local seal_header, seal_tag = 27, 16

-- A reader of one message; each function answers a value, and moves on.
local Reader = {}
Reader.__index = Reader

function Reader.new(buffer, at) return setmetatable({ buffer = buffer, at = at }, Reader) end

function Reader:left() return self.buffer:len() - self.at end

function Reader:take(count)
  if count > self:left() then error("the message ends early", 0) end
  local range = self.buffer:range(self.at, count)
  self.at = self.at + count
  return range
end

function Reader:byte() return self:take(1):uint() end

-- LEB128, up to 2^53 - 1, as text: base 10 without a fraction.
function Reader:integer()
  local value, scale = 0, 1
  repeat
    local byte = self:byte()
    value = value + (byte % 128) * scale
    scale = scale * 128
    if scale > 2 ^ 63 then error("an integer is too long", 0) end
  until byte < 128
  return value
end

local function digits(number) return string.format("%.0f", number) end

function Reader:text()
  local length = self:integer()
  if length == 0 then return "" end
  return self:take(length):string(ENC_UTF_8)
end

local Value = {}

local function list(reader, depth)
  if depth > 200 then error("a value is nested too deep", 0) end
  local length = reader:integer()
  if length > reader:left() then error("a list is longer than its message", 0) end
  local parts = {}
  for i = 1, length do parts[i] = Value.read(reader, depth) end
  return parts
end

local simple = { [0] = "undefined", [1] = "null", [2] = "false", [3] = "true" }

function Value.read(reader, depth)
  local tag = reader:byte()
  if simple[tag] then return simple[tag] end
  if tag == 4 then return digits(reader:integer()) end
  if tag == 5 then return "-" .. digits(reader:integer()) end
  if tag == 6 then return tostring(reader:take(8):float()) end
  if tag == 7 then return "0x" .. reader:text() end
  if tag == 8 then return '"' .. reader:text() .. '"' end
  if tag == 9 then
    local length = reader:integer()
    if length > 0 then reader:take(length) end
    return digits(length) .. " bytes"
  end
  if tag == 10 then return "[" .. table.concat(list(reader, depth + 1), ", ") .. "]" end
  if tag == 11 then
    if depth > 200 then error("a value is nested too deep", 0) end
    local length = reader:integer()
    if length > reader:left() then error("an object is longer than its message", 0) end
    local parts = {}
    for i = 1, length do
      local key = reader:text()
      parts[i] = key .. ": " .. Value.read(reader, depth + 1)
    end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  if tag == 12 then return "Map(" .. table.concat(list(reader, depth + 1), ", ") .. ")" end
  if tag == 13 then return "Set(" .. table.concat(list(reader, depth + 1), ", ") .. ")" end
  if tag == 14 then return "Date(" .. tostring(reader:take(8):float()) .. ")" end
  error("an unknown tag " .. tag, 0)
end

-- Adds an integer as text, since it may exceed 32 bits.
local function add_integer(tree, field, reader, names)
  local from = reader.at
  local value = reader:integer()
  local text = digits(value)
  if names and names[value] then text = names[value] end
  tree:add(field, reader.buffer:range(from, reader.at - from), text)
  return value
end

-- Stubs write values in an encoding of their own, which only their interface reads: those are told as bytes.
local function values_or_bytes(reader, read)
  local from = reader.at
  local good, text = pcall(read, reader)
  if good and reader:left() == 0 then return text end
  reader.at = reader.buffer:len()
  return digits(reader.at - from) .. " bytes"
end

-- The CALLs of the capture: the frame in which each came first, and whether it asks for a vote.
local calls = {}

function troupe.init() calls = {} end

local function end_of(address, port) return tostring(address) .. " " .. port end

local function key_of(client, server, call, incarnation)
  return client .. " " .. server .. " " .. call .. " " .. incarnation
end

local function dissect_call(buffer, tree, packet)
  local reader = Reader.new(buffer, header)
  local from = reader.at
  local thread = digits(reader:integer()) .. "." .. digits(reader:integer()) .. "." .. digits(reader:integer())
  tree:add(f.thread, buffer:range(from, reader.at - from), thread)
  from = reader.at
  local path, step = {}, reader:integer()
  while step ~= 0 do
    path[#path + 1] = digits(step)
    step = reader:integer()
  end
  path = table.concat(path, ".")
  tree:add(f.path, buffer:range(from, reader.at - from), path)
  add_integer(tree, f.first, reader)
  add_integer(tree, f.client_troupe, reader)
  local server = add_integer(tree, f.server_troupe, reader)
  add_integer(tree, f.module, reader)
  local procedure = add_integer(tree, f.procedure, reader, server == 0 and of_process or nil)
  tree:add(f.clock, reader:take(8))
  local key = key_of(end_of(packet.src, packet.src_port), end_of(packet.dst, packet.dst_port), buffer(4, 4):uint(), buffer(8, 4):uint())
  if not calls[key] then calls[key] = { frame = packet.number, asks = server == 0 and procedure == 1 } end
  if server == 0 then return of_process[procedure] or "to the process itself" end
  from = reader.at
  local arguments = ""
  if reader:left() > 0 then
    arguments = values_or_bytes(reader, function(r) return table.concat(list(r, 0), ", ") end)
    tree:add(f.arguments, buffer:range(from, buffer:len() - from), arguments)
  end
  return "procedure " .. digits(procedure) .. "(" .. arguments .. "), call " .. path .. " of " .. thread
end

local function dissect_return(buffer, tree, packet)
  local key = key_of(end_of(packet.dst, packet.dst_port), end_of(packet.src, packet.src_port), buffer(4, 4):uint(), buffer(12, 4):uint())
  local asked = calls[key]
  if asked then tree:add(f.request, asked.frame):set_generated() end
  local reader = Reader.new(buffer, header)
  local range = reader:take(1)
  local status = range:uint() % 64
  tree:add(f.provisional, range)
  tree:add(f.status, range)
  if reader:left() == 0 then return statuses[status] or "?" end
  local from = reader.at
  local text
  if status == 0 and asked and asked.asks then
    text = (votes[reader:byte()] or "?") .. " " .. digits(reader:integer())
  elseif status == 0 then text = values_or_bytes(reader, function(r) return Value.read(r, 0) end)
  elseif status == 1 then text = reader:text() .. ": " .. reader:text()
  elseif status == 2 then text = reader:text()
  else text = "error " .. digits(reader:integer()) end
  tree:add(f.result, buffer:range(from, buffer:len() - from), text)
  return (statuses[status] or "?") .. " " .. text
end

-- What is wrong with a datagram as a segment; nil if nothing is.
local function fault(buffer)
  if buffer:len() < header then return "short" end
  local flags = buffer:range(0, 1):uint()
  if math.floor(flags / 16) ~= 11 then return "another version" end
  if buffer:range(8, 4):uint() == 0 then return "no incarnation" end
  local word = buffer:range(1, 3):uint()
  if word % 4096 > math.floor(word / 4096) then return "a segment beyond the total" end
  if math.floor(flags / 4) % 2 == 1 and buffer:len() > header then return "an ACK with data" end
  return nil
end

-- The datagram within a sealed one; nil if this is none.
local function unsealed(buffer)
  if buffer:len() < seal_header + header + seal_tag then return nil end
  if math.floor(buffer:range(0, 1):uint() / 4) ~= 45 then return nil end
  local inner = buffer:range(seal_header, buffer:len() - seal_header - seal_tag):tvb()
  if fault(inner) then return nil end
  return inner
end

-- The datagrams of a bundle; nil if this is none.
local function unbundled(buffer)
  if buffer:len() < 1 or buffer:range(0, 1):uint() ~= 0xc5 then return nil end
  local parts, at = {}, 1
  while at < buffer:len() do
    if at + 2 > buffer:len() then return nil end
    local length = buffer:range(at, 2):uint()
    if length == 0 or at + 2 + length > buffer:len() then return nil end
    local part = buffer:range(at + 2, length):tvb()
    if fault(part) and not unsealed(part) then return nil end
    parts[#parts + 1] = part
    at = at + 2 + length
  end
  return parts
end

-- Shows one datagram; answers what it says, or nil if it is none of ours.
local function show(buffer, packet, root)
  local tree = root:add(troupe, buffer())
  local whole = buffer
  if fault(buffer) then
    buffer = unsealed(buffer)
    if not buffer then return nil end
    tree:add(f.sealed, whole:range(0, seal_header))
  end
  packet.cols.protocol = "Troupe"
  local flags = buffer:range(0, 1)
  local word = buffer:range(1, 3):uint()
  local total, segment = math.floor(word / 4096), word % 4096
  local call = buffer:range(4, 4):uint()
  for _, field in ipairs({ f.type, f.please_ack, f.ack, f.held }) do tree:add(field, flags) end
  tree:add(f.total, buffer:range(1, 2), total)
  tree:add(f.segment, buffer:range(2, 2), segment)
  tree:add(f.call, buffer:range(4, 4))
  tree:add(f.sender, buffer:range(8, 4))
  tree:add(f.receiver, buffer:range(12, 4))
  tree:add(f.oldest, buffer:range(16, 4))
  local kind = types[flags:uint() % 2]
  local text
  if math.floor(flags:uint() / 4) % 2 == 1 then text = "ACK of " .. kind .. " " .. call .. ", segments to " .. segment
  elseif segment == 0 then text = "probe " .. call
  elseif total > 1 then
    tree:add(f.data, buffer:range(header))
    text = kind .. " " .. call .. ", segment " .. segment .. " of " .. total
  else
    local dissect = kind == "CALL" and dissect_call or dissect_return
    local good, said = pcall(dissect, buffer, tree, packet)
    if not good then
      tree:add_proto_expert_info(malformed, tostring(said))
      said = "malformed"
    end
    text = kind .. " " .. call .. ": " .. said
  end
  tree:append_text(", " .. text)
  return text
end

function troupe.dissector(buffer, packet, root)
  local texts = {}
  for i, part in ipairs(unbundled(buffer) or { buffer }) do texts[i] = show(part, packet, root) end
  if #texts == 0 then return 0 end
  packet.cols.info = table.concat(texts, "; ")
  return buffer:len()
end

local function heuristic(buffer, packet, root)
  if fault(buffer) and not unsealed(buffer) and not unbundled(buffer) then return false end
  troupe.dissector(buffer, packet, root)
  return true
end

troupe:register_heuristic("udp", heuristic)
-- For "Decode As", where another protocol claims the port.
DissectorTable.get("udp.port"):add_for_decode_as(troupe)
