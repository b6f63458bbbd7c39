(* The flow of a smooth field depends differentiably on its start, and its Jacobian solves the variational equation. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives SymmetricMatrices GrowthBounds GlobalTrajectories
  FlowsInSpace.
Open Scope R_scope.

(* What holds near every point of an interval with some margin holds on all of it with one margin. *)
Lemma one_margin (P : R -> R -> Prop) a b : a <= b ->
  (forall t e e', P t e -> e' <= e -> P t e') ->
  (forall t, a <= t <= b -> exists del eta, 0 < del /\ 0 < eta /\ forall s, a <= s <= b -> Rabs (s - t) < del -> P s eta) ->
  exists eta, 0 < eta /\ forall t, a <= t <= b -> P t eta.
Proof.
  intros Hab Mono Loc.
  set (E := fun c => a <= c <= b /\ exists eta, 0 < eta /\ forall t, a <= t <= c -> P t eta).
  assert (Ea : E a).
  { split; [lra|]. destruct (Loc a ltac:(lra)) as (del & eta & D & H & K). exists eta. split; [exact H|].
    intros t Ht. apply K; [lra|]. rewrite (Rabs_right (t - a)) by lra. lra. }
  destruct (completeness E) as (m & Up & Least).
  { exists b. intros c [Hc _]. lra. }
  { exists a. exact Ea. }
  assert (Hm : a <= m <= b) by (split; [now apply Up|apply Least; intros c [Hc _]; lra]).
  destruct (Loc m Hm) as (del & eta & D & H & K).
  assert (X : exists c, E c /\ m - del < c).
  { destruct (Classical_Prop.classic (exists c, E c /\ m - del < c)) as [C|C]; [exact C|].
    assert (Q : m <= m - del).
    { apply Least. intros c Hc. destruct (Rle_or_lt c (m - del)) as [L|L]; [exact L|]. exfalso. apply C. now exists c. }
    lra. }
  destruct X as (c & (Hc & eta' & H' & K') & Lc). assert (cm : c <= m) by (apply Up; split; [exact Hc|now exists eta']).
  set (top := Rmin b (m + del / 2)).
  assert (Et : E top).
  { split; [unfold top, Rmin; destruct (Rle_dec b (m + del / 2)); lra|]. exists (Rmin eta eta'). split; [now apply Rmin_pos|].
    intros t Ht. destruct (Rle_or_lt t c) as [L|L].
    - apply Mono with eta'; [apply K'; lra|apply Rmin_r].
    - apply Mono with eta; [|apply Rmin_l]. assert (T : t <= b /\ t <= m + del / 2).
      { split; (eapply Rle_trans; [apply Ht|]); [apply Rmin_l|apply Rmin_r]. }
      apply K; [lra|]. apply Rabs_def1; lra. }
  assert (Tm := Up top Et). destruct Et as (_ & e & e0 & Ke). exists e. split; [exact e0|]. intros t Ht. apply Ke.
  split; [lra|]. unfold top in *. unfold Rmin in *. destruct (Rle_dec b (m + del / 2)); lra.
Qed.

(* One margin for finitely many. *)
Lemma finite_margin d (P : nat -> R -> Prop) : (forall i e e', P i e -> e' <= e -> P i e') ->
  (forall i, (i < d)%nat -> exists e, 0 < e /\ P i e) -> exists e, 0 < e /\ forall i, (i < d)%nat -> P i e.
Proof.
  intros Mono. induction d; intros H; [exists 1; split; [lra|lia]|].
  destruct IHd as (e & E & K); [auto with arith|]. destruct (H d ltac:(lia)) as (f & F & L).
  exists (Rmin e f). split; [now apply Rmin_pos|]. intros i Hi. destruct (Nat.eq_dec i d) as [->|N].
  - apply Mono with f; [exact L|apply Rmin_r].
  - apply Mono with e; [apply K; lia|apply Rmin_l].
Qed.

Lemma square_below z e : 0 <= e -> z * z <= e * e -> Rabs z <= e.
Proof.
  intros E H. apply Rabs_le. destruct (Rle_or_lt 0 z); nra.
Qed.

Section Field.
Variables (d : nat) (u : R -> vec -> vec) (A : R -> vec -> nat -> vec) (a b growth : R).
Hypothesis Hab : a <= b.
Hypothesis Hgrowth : 0 <= growth.
Hypothesis smooth : smooth_field d u A a b growth.
Let flow := flow d u a b growth.
Let reach := reach d a b growth.

Section Start.
Variables (s : R) (x : vec).
Hypothesis Hs : a <= s <= b.

(* the trajectory through x, continued to all times *)
Let Z t := flow s t x.

Lemma Z_start i : (i < d)%nat -> Z s i = x i.
Proof. now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s x Hs). Qed.

Lemma Z_derive t i : a <= t <= b -> (i < d)%nat -> is_derive (fun t => Z t i) t (u t (Z t) i).
Proof. now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s x Hs). Qed.

Lemma Z_reach t : a <= t <= b -> in_box d (reach x) (Z t).
Proof. now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s x Hs). Qed.

Lemma Z_continuous t eps : a <= t <= b -> 0 < eps -> exists del, 0 < del /\
  forall r, Rabs (r - t) < del -> distance d (Z r) (Z t) < eps.
Proof.
  intros Ht He.
  destruct (finite_margin d (fun i e => forall r, Rabs (r - t) < e -> Rabs (Z r i - Z t i) < eps / (INR d + 1))) as (del & D & H).
  - intros i e e' H L r Hr. apply H. lra.
  - intros i Hi. assert (C : continuous (fun t => Z t i) t).
    { apply (ex_derive_continuous (V := R_NormedModule)). exists (u t (Z t) i). now apply Z_derive. }
    assert (N := pos_INR d). assert (E : 0 < eps / (INR d + 1)) by (apply Rdiv_lt_0_compat; lra).
    destruct (proj1 (filterlim_locally (F := locally t) _ _) C (mkposreal _ E)) as (del & D).
    exists del. split; [apply cond_pos|]. intros r Hr. exact (D r Hr).
  - exists del. split; [exact D|]. intros r Hr. assert (N := pos_INR d).
    eapply Rle_lt_trans; [apply (distance_le d _ _ (eps / (INR d + 1)))|].
    + intros j Hj. apply Rlt_le. now apply H.
    + apply Rmult_lt_reg_r with (INR d + 1); [lra|]. replace (INR d * (eps / (INR d + 1)) * (INR d + 1)) with (INR d * eps) by (field; lra). nra.
Qed.

(* the Jacobian is near that on the trajectory, uniformly along it *)
Lemma jacobian_margin eps : 0 < eps -> exists eta, 0 < eta /\ forall t, a <= t <= b -> forall y, distance d y (Z t) < eta ->
  forall i j, (i < d)%nat -> (j < d)%nat -> Rabs (A t y i j - A t (Z t) i j) <= eps.
Proof.
  intros He. apply (one_margin (fun t eta => forall y, distance d y (Z t) < eta ->
    forall i j, (i < d)%nat -> (j < d)%nat -> Rabs (A t y i j - A t (Z t) i j) <= eps) a b Hab).
  - intros t e e' H L y Hy. apply H. lra.
  - intros t Ht. destruct smooth as (_ & _ & C & _).
    destruct (finite_margin d (fun i del => forall j, (j < d)%nat -> forall r y, a <= r <= b -> Rabs (r - t) < del ->
      distance d y (Z t) < del -> Rabs (A r y i j - A t (Z t) i j) < eps / 2)) as (del & D & H).
    + intros i e e' H L j Hj r y Hr Hrt Hy. apply H; auto; lra.
    + intros i Hi. apply (finite_margin d (fun j del => forall r y, a <= r <= b -> Rabs (r - t) < del ->
        distance d y (Z t) < del -> Rabs (A r y i j - A t (Z t) i j) < eps / 2)).
      * intros j e e' H L r y Hr Hrt Hy. apply H; auto; lra.
      * intros j Hj. apply C; auto. lra.
    + destruct (Z_continuous t (del / 2) Ht ltac:(lra)) as (del' & D' & H').
      exists (Rmin del del'), (del / 2). refine (conj (Rmin_pos _ _ D D') (conj _ _)); [lra|].
      intros r Hr Hrt y Hy i j Hi Hj.
      assert (r1 : Rabs (r - t) < del) by (eapply Rlt_le_trans; [exact Hrt|apply Rmin_l]).
      assert (r2 : Rabs (r - t) < del') by (eapply Rlt_le_trans; [exact Hrt|apply Rmin_r]).
      assert (z1 := H' r r2).
      assert (y1 : distance d y (Z t) < del).
      { apply Rle_lt_trans with (distance d y (Z r) + distance d (Z r) (Z t)); [|lra].
        unfold distance. rewrite <- sumn_plus. apply sumn_le. intros k _.
        replace (y k - Z t k) with ((y k - Z r k) + (Z r k - Z t k)) by ring. apply Rabs_triang. }
      assert (G1 := H i Hi j Hj r y Hr r1 y1). assert (G2 := H i Hi j Hj r (Z r) Hr r1 ltac:(lra)).
      replace (A r y i j - A r (Z r) i j) with ((A r y i j - A t (Z t) i j) + - (A r (Z r) i j - A t (Z t) i j)) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.

(* the linear field w |-> A(t, Z(t)) w, continued to all times *)
Definition linearised (t : R) (w : vec) : vec :=
  fun i => sumn d (fun j => A (clamp a b t) (Z (clamp a b t)) i j * w j).

Lemma linearised_lipschitz : exists L, lipschitz_field d linearised L.
Proof.
  destruct smooth as (_ & B & C & _). destruct (B (reach x)) as (L & HL).
  assert (HA : forall t i j, (i < d)%nat -> (j < d)%nat -> Rabs (A (clamp a b t) (Z (clamp a b t)) i j) <= Rabs L).
  { intros t i j Hi Hj. apply Rle_trans with L; [|apply RRle_abs]. assert (T := clamp_bounds a b t Hab).
    apply HL; auto. now apply Z_reach. }
  exists (Rabs L). refine (conj (Rabs_pos L) (conj _ (conj _ _))).
  - intros t y z i Hi. unfold linearised. rewrite <- sumn_minus. eapply Rle_trans; [apply sumn_Rabs|].
    unfold distance. rewrite <- sumn_scal. apply sumn_le. intros j Hj.
    replace (_ - _) with (A (clamp a b t) (Z (clamp a b t)) i j * (y j - z j)) by ring. rewrite Rabs_mult.
    apply Rmult_le_compat_r; [apply Rabs_pos|]. now apply HA.
  - intros t w i Hi. unfold linearised.
    assert (G : forall n, (n <= d)%nat -> continuous (fun t => sumn n (fun j => A (clamp a b t) (Z (clamp a b t)) i j * w j)) t).
    { induction n; intros Hn; simpl; [apply continuous_const|].
      apply (continuous_plus (V := R_NormedModule)); [apply IHn; lia|].
      apply (continuous_mult (K := R_AbsRing) (fun t => A (clamp a b t) (Z (clamp a b t)) i n)); [|apply continuous_const].
      apply filterlim_locally. intros eps. assert (T := clamp_bounds a b t Hab).
      destruct (C (clamp a b t) (Z (clamp a b t)) i n eps T Hi ltac:(lia) (cond_pos eps)) as (del & D & K).
      destruct (Z_continuous (clamp a b t) del T D) as (del' & D' & K').
      generalize (locally_Rabs t (mkposreal _ (Rmin_pos _ _ D D'))). apply filter_imp. intros r Hr. simpl in Hr.
      assert (Q := clamp_contracts a b r t Hab).
      apply K; [now apply clamp_bounds| |apply K'].
      - eapply Rle_lt_trans; [exact Q|]. eapply Rlt_le_trans; [exact Hr|apply Rmin_l].
      - eapply Rle_lt_trans; [exact Q|]. eapply Rlt_le_trans; [exact Hr|apply Rmin_r]. }
    now apply (G d).
  - intros w. exists (Rabs L * size d w). intros t i Hi. unfold linearised. eapply Rle_trans; [apply sumn_Rabs|].
    unfold size. rewrite <- sumn_scal. apply sumn_le. intros j Hj. rewrite Rabs_mult.
    apply Rmult_le_compat_r; [apply Rabs_pos|]. now apply HA.
Qed.

(* The solution of the variational equation that is v at time r. *)
Definition variation (r : R) (v : vec) (t : R) : vec := trajectory linearised r v t.

Lemma variation_start r v i : (i < d)%nat -> variation r v r i = v i.
Proof. destruct linearised_lipschitz as (L & F). now apply (trajectory_exists d linearised L F r v). Qed.

Lemma variation_derive_everywhere r v t i : (i < d)%nat ->
  is_derive (fun t => variation r v t i) t (linearised t (variation r v t) i).
Proof. destruct linearised_lipschitz as (L & F). now apply (trajectory_exists d linearised L F r v). Qed.

(* dw/dt = (du/dx) w along the trajectory. *)
Lemma variation_derive r v t i : a <= t <= b -> (i < d)%nat ->
  is_derive (fun t => variation r v t i) t (sumn d (fun j => A t (Z t) i j * variation r v t j)).
Proof.
  intros Ht Hi. assert (D := variation_derive_everywhere r v t i Hi). unfold linearised in D.
  now rewrite (clamp_inside a b t Ht) in D.
Qed.

Lemma linear_solutions_agree (X Y : R -> vec) r t :
  (forall q i, (i < d)%nat -> is_derive (fun q => X q i) q (linearised q (X q) i)) ->
  (forall q i, (i < d)%nat -> is_derive (fun q => Y q i) q (linearised q (Y q) i)) ->
  (forall i, (i < d)%nat -> X r i = Y r i) -> forall i, (i < d)%nat -> X t i = Y t i.
Proof.
  intros DX DY E i Hi. destruct linearised_lipschitz as (L & L0 & F & _).
  assert (T := curves_stay_together d X Y (fun q => linearised q (X q)) (fun q => linearised q (Y q)) L 0 r t L0
    (fun q j _ Hj => DX q j Hj) (fun q j _ Hj => DY q j Hj)).
  assert (S0 : square_distance d (X r) (Y r) = 0).
  { unfold square_distance. rewrite (sumn_ext d _ (fun _ => 0)); [apply sumn_zero|]. intros j Hj. rewrite E by exact Hj. ring. }
  rewrite S0, !Rmult_0_r, !Rplus_0_r, Rmult_0_l in T.
  assert (SD : square_distance d (X t) (Y t) <= 0).
  { apply T. intros q j _ Hj. rewrite Rplus_0_r. now apply F. }
  assert (C := square_coord d (X t) (Y t) i Hi). assert (V := Rle_0_sqr (X t i - Y t i)). unfold Rsqr in V.
  assert (Q : (X t i - Y t i) * (X t i - Y t i) = 0) by lra. apply Rmult_integral in Q. lra.
Qed.

(* The flow is differentiable in its start, in every direction v: d/dh phi(x + h v) = w, the solution of the
   variational equation that starts at v. *)
Theorem flow_differentiable_in_its_start v t i : a <= t <= b -> (i < d)%nat ->
  is_derive (fun h => flow s t (moved x v h) i) 0 (variation s v t i).
Proof.
  intros Ht Hi. destruct smooth as (_ & B & _).
  (* one box for all starts within |h| <= 1 *)
  set (far := fun j => Rabs (x j) + Rabs (v j)).
  assert (R1 : forall h, Rabs h <= 1 -> reach (moved x v h) <= reach far).
  { intros h Hh. apply Rmult_le_compat_r; [left; apply exp_pos|]. apply Rplus_le_compat_l. apply sumn_le. intros j _.
    unfold moved, far. assert (M : Rabs (x j + h * v j) <= Rabs (x j) + Rabs (v j)).
    { eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. assert (P := Rabs_pos (v j)). nra. }
    replace ((x j + h * v j) * (x j + h * v j)) with (Rabs (x j + h * v j) * Rabs (x j + h * v j))
      by (rewrite <- Rabs_mult; apply Rabs_right, Rle_ge, Rle_0_sqr).
    apply Rmult_le_compat; try apply Rabs_pos; exact M. }
  assert (E0 : moved x v 0 = x) by (apply functional_extensionality; intros j; unfold moved; ring).
  assert (SB : forall h r, Rabs h <= 1 -> a <= r <= b -> in_box d (reach far) (flow s r (moved x v h))).
  { intros h r Hh Hr j Hj. apply Rle_trans with (reach (moved x v h)); [|now apply R1].
    now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s (moved x v h) Hs). }
  destruct (lipschitz_in_box d u A a b growth smooth (reach far)) as (L & L0 & HL).
  destruct (B (reach far)) as (M & HM).
  set (K := exp ((1 + 2 * (L * INR d)) * (b - a))). assert (K0 : 0 < K) by apply exp_pos.
  assert (N := pos_INR d).
  assert (EK : forall r lam, a <= r <= b -> 0 <= lam -> exp (lam * Rabs (r - s)) <= exp (lam * (b - a))).
  { intros r lam Hr Hlam. assert (T : Rabs (r - s) <= b - a) by (apply Rabs_le; lra).
    assert (Q : lam * Rabs (r - s) <= lam * (b - a)) by now apply Rmult_le_compat_l.
    destruct Q as [Q|Q]; [left; now apply exp_increasing|rewrite Q; right; reflexivity]. }
  assert (BT : forall r q, a <= r <= b -> Rmin s r <= q <= Rmax s r -> a <= q <= b).
  { intros r q Hr. apply (between a b s r q Hs Hr). }
  set (S := sumn d (fun j => v j * v j)). assert (S0 : 0 <= S) by (apply sumn_nonneg; intros; apply Rle_0_sqr).
  set (C := INR d * S * K + 1).
  assert (C1 : 1 <= C) by (unfold C; assert (0 <= INR d * S * K) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra); lra).
  (* neighbouring trajectories stay within C |h| *)
  assert (Near : forall h r, Rabs h <= 1 -> a <= r <= b -> distance d (flow s r (moved x v h)) (Z r) <= C * Rabs h).
  { intros h r Hh Hr. destruct (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s (moved x v h) Hs) as (F1 & F2 & _).
    assert (T := curves_stay_together d (fun r => flow s r (moved x v h)) Z (fun r => u r (flow s r (moved x v h))) (fun r => u r (Z r)) L 0 s r L0
      (fun q j Hq Hj => F2 q j (BT r q Hr Hq) Hj) (fun q j Hq Hj => Z_derive q j (BT r q Hr Hq) Hj)). cbv beta in T.
    assert (SD : square_distance d (flow s s (moved x v h)) (Z s) = h * h * S).
    { unfold square_distance, S. rewrite <- sumn_scal. apply sumn_ext. intros j Hj. unfold flow at 1 2. rewrite !F1 by exact Hj.
      rewrite Z_start by exact Hj. unfold moved. ring. }
    rewrite SD, !Rmult_0_r, !Rplus_0_r in T.
    assert (TT : square_distance d (flow s r (moved x v h)) (Z r) <= h * h * S * K).
    { eapply Rle_trans; [apply T|].
      - intros q j Hq Hj. rewrite Rplus_0_r. apply HL; [apply (BT r q Hr Hq)|exact Hj| |].
        + apply SB; [exact Hh|apply (BT r q Hr Hq)].
        + assert (Q := SB 0 q ltac:(rewrite Rabs_R0; lra) (BT r q Hr Hq)). now rewrite E0 in Q.
      - apply Rmult_le_compat_l; [apply Rmult_le_pos; [apply Rle_0_sqr|exact S0]|]. apply EK; [exact Hr|].
        assert (0 <= L * INR d) by (apply Rmult_le_pos; lra). lra. }
    assert (DS := distance_square d (flow s r (moved x v h)) (Z r)).
    rewrite <- (Rabs_right (distance d (flow s r (moved x v h)) (Z r))) by apply Rle_ge, distance_pos.
    apply square_below; [apply Rmult_le_pos; [lra|apply Rabs_pos]|]. eapply Rle_trans; [exact DS|].
    replace (C * Rabs h * (C * Rabs h)) with (C * C * (h * h)).
    2:{ replace (C * Rabs h * (C * Rabs h)) with (C * C * (Rabs h * Rabs h)) by ring. f_equal. rewrite <- Rabs_mult. symmetry. apply Rabs_right, Rle_ge, Rle_0_sqr. }
    assert (H2 := Rle_0_sqr h). unfold Rsqr in H2.
    apply Rle_trans with (INR d * (h * h * S * K)); [now apply Rmult_le_compat_l|].
    replace (INR d * (h * h * S * K)) with ((C - 1) * (h * h)) by (unfold C; ring). apply Rmult_le_compat_r; [exact H2|]. nra. }
  (* the remainder *)
  set (M' := Rabs M). assert (M0 : 0 <= M') by apply Rabs_pos.
  set (K' := exp ((1 + 2 * (M' * INR d)) * (b - a))). assert (K1 : 0 < K') by apply exp_pos.
  set (big := INR d * K' + 1). assert (big1 : 1 <= big) by (unfold big; assert (0 <= INR d * K') by (apply Rmult_le_pos; lra); lra).
  assert (Small : forall eps, 0 < eps -> exists eta, 0 < eta /\ forall h, Rabs h < eta ->
    Rabs (flow s t (moved x v h) i - (Z t i + h * variation s v t i)) <= eps * Rabs h).
  { intros eps He. set (e := eps / (big * C)). assert (e0 : 0 < e) by (apply Rdiv_lt_0_compat; nra).
    destruct (jacobian_margin e e0) as (eta & Eta & HJ).
    exists (Rmin 1 (eta / (C + 1))). split; [apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; lra]|]. intros h Hh.
    assert (h1 : Rabs h <= 1) by (apply Rlt_le; eapply Rlt_le_trans; [exact Hh|apply Rmin_l]).
    assert (h2 : C * Rabs h < eta).
    { assert (Q : Rabs h < eta / (C + 1)) by (eapply Rlt_le_trans; [exact Hh|apply Rmin_r]).
      apply (Rmult_lt_compat_l (C + 1)) in Q; [|lra]. replace ((C + 1) * (eta / (C + 1))) with eta in Q by (field; lra).
      assert (P := Rabs_pos h). nra. }
    set (c := e * (C * Rabs h)). assert (c0 : 0 <= c) by (apply Rmult_le_pos; [lra|apply Rmult_le_pos; [lra|apply Rabs_pos]]).
    destruct (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s (moved x v h) Hs) as (F1 & F2 & _).
    set (Y := fun r j => Z r j + h * variation s v r j).
    assert (T := curves_stay_together d (fun r => flow s r (moved x v h)) Y (fun r => u r (flow s r (moved x v h)))
      (fun r j => u r (Z r) j + h * sumn d (fun k => A r (Z r) j k * variation s v r k)) M' c s t M0
      (fun q j Hq Hj => F2 q j (BT t q Ht Hq) Hj)). cbv beta in T.
    assert (SD : square_distance d (flow s s (moved x v h)) (Y s) = 0).
    { unfold square_distance. rewrite (sumn_ext d _ (fun _ => 0)); [apply sumn_zero|]. intros j Hj. unfold Y, flow at 1 2. rewrite !F1 by exact Hj.
      rewrite Z_start, variation_start by exact Hj. unfold moved. ring. }
    rewrite SD, Rplus_0_l in T.
    assert (TT : square_distance d (flow s t (moved x v h)) (Y t) + INR d * (c * c) <= INR d * (c * c) * K').
    { eapply Rle_trans; [apply T|].
      - intros q j Hq Hj. unfold Y. apply (is_derive_plus (V := R_NormedModule)); [apply Z_derive; [apply (BT t q Ht Hq)|exact Hj]|].
        apply (is_derive_scal (fun q => variation s v q j)). apply variation_derive; [apply (BT t q Ht Hq)|exact Hj].
      - intros q j Hq Hj. assert (Bq := BT t q Ht Hq). set (p := flow s q (moved x v h)).
        assert (NQ := Near h q h1 Bq). fold p in NQ.
        destruct (mean_value d u A a b growth smooth q p (Z q) j Bq Hj) as (th & Hth & E).
        replace (u q p j - (u q (Z q) j + h * sumn d (fun k => A q (Z q) j k * variation s v q k)))
          with ((u q p j - u q (Z q) j) - h * sumn d (fun k => A q (Z q) j k * variation s v q k)) by ring.
        rewrite E, <- sumn_scal, <- sumn_minus.
        rewrite (sumn_ext d _ (fun k => (A q (moved (Z q) (fun j => p j - Z q j) th) j k - A q (Z q) j k) * (p k - Z q k)
          + A q (Z q) j k * (p k - Y q k))) by (intros k _; unfold Y; ring).
        rewrite sumn_plus. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rplus_comm. apply Rplus_le_compat.
        + eapply Rle_trans; [apply sumn_Rabs|]. unfold distance. rewrite <- sumn_scal. apply sumn_le. intros k Hk.
          rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply Rle_trans with M; [|apply RRle_abs].
          apply HM; auto. assert (Q := SB 0 q ltac:(rewrite Rabs_R0; lra) Bq). now rewrite E0 in Q.
        + apply Rle_trans with (e * distance d p (Z q)); [|apply Rmult_le_compat_l; lra].
          eapply Rle_trans; [apply sumn_Rabs|]. unfold distance. rewrite <- sumn_scal. apply sumn_le. intros k Hk.
          rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply HJ; auto.
          apply Rle_lt_trans with (distance d p (Z q)); [|lra]. apply sumn_le. intros l _. unfold moved.
          replace (Z q l + th * (p l - Z q l) - Z q l) with (th * (p l - Z q l)) by ring. rewrite Rabs_mult, (Rabs_right th) by lra.
          assert (P := Rabs_pos (p l - Z q l)). nra.
      - apply Rmult_le_compat_l; [apply Rmult_le_pos; [exact N|apply Rle_0_sqr]|]. apply EK; [exact Ht|].
        assert (0 <= M' * INR d) by (apply Rmult_le_pos; lra). lra. }
    assert (CC := square_coord d (flow s t (moved x v h)) (Y t) i Hi).
    assert (C2 := Rle_0_sqr c). unfold Rsqr in C2.
    apply Rle_trans with (big * c).
    - apply square_below; [apply Rmult_le_pos; lra|]. change (Z t i + h * variation s v t i) with (Y t i).
      eapply Rle_trans; [exact CC|]. assert (0 <= INR d * (c * c)) by (apply Rmult_le_pos; lra).
      apply Rle_trans with (INR d * K' * (c * c)); [lra|]. replace (big * c * (big * c)) with (big * big * (c * c)) by ring.
      apply Rmult_le_compat_r; [exact C2|]. unfold big in *. nra.
    - right. unfold c, e. field. split; lra. }
  apply is_derive_eps. intros eps. destruct (Small eps (cond_pos eps)) as (eta & Eta & H).
  exists (mkposreal eta Eta). intros h Hh. change (Rabs (h - 0) < eta) in Hh. rewrite Rminus_0_r in Hh. rewrite Rminus_0_r, E0.
  replace (flow s t (moved x v h) i - flow s t x i - variation s v t i * h)
    with (flow s t (moved x v h) i - (Z t i + h * variation s v t i)) by (unfold Z; ring).
  now apply H.
Qed.

(* The Jacobian of the flow, dphi_i/dx_k. *)
Definition flow_jacobian (r t : R) (i k : nat) : R := variation r (fun j => kronecker j k) t i.

(* LM's flow as it is used: J_ik = d phi_i/d x_k exists ... *)
Theorem flow_has_partial_derivatives t i k : a <= t <= b -> (i < d)%nat ->
  is_derive (fun y => flow s t (upd x k y) i) (x k) (flow_jacobian s t i k).
Proof.
  intros Ht Hi. assert (D := flow_differentiable_in_its_start (fun j => kronecker j k) t i Ht Hi).
  apply is_derive_ext with (fun y => flow s t (moved x (fun j => kronecker j k) (y - x k)) i).
  - intros y. f_equal. apply functional_extensionality. intros j. unfold moved, upd, kronecker.
    destruct (Nat.eqb_spec j k) as [->|]; ring.
  - eapply is_derive_eq.
    + apply (is_derive_comp (fun h => flow s t (moved x (fun j => kronecker j k) h) i) (fun y => y - x k)).
      * rewrite Rminus_diag_eq by reflexivity. exact D.
      * instantiate (1 := 1). auto_derive; [easy|ring].
    + unfold scal; simpl; unfold mult; simpl. unfold flow_jacobian. ring.
Qed.

(* ... and solves the variational equation dJ/dt = (du/dx) J, J = 1 at the start. *)
Theorem variational_equation t i k : a <= t <= b -> (i < d)%nat ->
  flow_jacobian s s i k = kronecker i k /\
  is_derive (fun t => flow_jacobian s t i k) t (sumn d (fun j => A t (Z t) i j * flow_jacobian s t j k)).
Proof.
  intros Ht Hi. split; [exact (variation_start s (fun j => kronecker j k) i Hi)|now apply variation_derive].
Qed.

(* A linear equation has linear solutions. *)
Lemma variation_is_linear r v t i : (i < d)%nat -> variation r v t i = sumn d (fun k => flow_jacobian r t i k * v k).
Proof.
  intros Hi. apply (linear_solutions_agree (variation r v) (fun t i => sumn d (fun k => flow_jacobian r t i k * v k)) r t); [| | |exact Hi].
  - intros q j Hj. now apply variation_derive_everywhere.
  - intros q j Hj. eapply is_derive_eq.
    + apply (is_derive_sumn d (fun k q => flow_jacobian r q j k * v k)
        (fun k => linearised q (fun l => flow_jacobian r q l k) j * v k)).
      intros k _. apply is_derive_times. now apply variation_derive_everywhere.
    + unfold linearised. rewrite (sumn_ext d _ (fun k => sumn d (fun l => A (clamp a b q) (Z (clamp a b q)) j l * flow_jacobian r q l k * v k))).
      * rewrite sumn_swap. apply sumn_ext. intros l _. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
      * intros k _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
  - intros j Hj. rewrite variation_start by exact Hj. unfold flow_jacobian.
    rewrite (sumn_ext d _ (fun k => kronecker j k * v k)) by (intros k _; now rewrite (variation_start r (fun j => kronecker j k))). symmetry. now apply sumn_kronecker.
Qed.

(* From r to t and back is the identity. *)
Lemma jacobians_invert r t i k : (i < d)%nat -> (k < d)%nat ->
  sumn d (fun l => flow_jacobian t r i l * flow_jacobian r t l k) = kronecker i k.
Proof.
  intros Hi Hk. rewrite <- variation_is_linear by exact Hi.
  rewrite (linear_solutions_agree (variation t (fun l => flow_jacobian r t l k)) (fun q i => flow_jacobian r q i k) t r); [| | | |exact Hi].
  - exact (variation_start r (fun j => kronecker j k) i Hi).
  - intros q j Hj. now apply variation_derive_everywhere.
  - intros q j Hj. now apply variation_derive_everywhere.
  - intros j Hj. exact (variation_start t (fun l => flow_jacobian r t l k) j Hj).
Qed.
End Start.
End Field.
